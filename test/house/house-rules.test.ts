import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
const lines = (count: number, line: string) => Array.from({ length: count }, (_, i) => line.replace('#', String(i))).join('\n');

interface Violation {
  what: string;
  rule: string;
  files: Record<string, string>;
}

const importing = (what: string, path: string, from: string): Violation => ({
  what,
  rule: 'noRestrictedImports',
  files: { [path]: `import { thing } from '${from}';\n\nexport const used: unknown = thing;\n` },
});

const VIOLATIONS: readonly Violation[] = [
  importing('protocol reading files', 'packages/protocol/src/planted.ts', 'node:fs'),
  importing('protocol using Kafka', 'packages/protocol/src/planted.ts', 'kafkajs'),
  importing('bus importing a service', 'packages/bus/src/planted.ts', '@belay/collector'),
  importing('store importing the bus', 'packages/store/src/planted.ts', '@belay/bus'),
  importing('instrumentation importing the store', 'packages/instrumentation/src/planted.ts', '@belay/store'),
  importing('collector importing the store', 'packages/collector/src/planted.ts', '@belay/store'),
  importing('detector importing control', 'packages/detector/src/planted.ts', '@belay/control'),
  importing('control importing the detector', 'packages/control/src/planted.ts', '@belay/detector'),
  importing('a service importing the test kit', 'packages/control/src/planted.ts', '@belay/testkit'),
  importing('a service using Kafka past the port', 'packages/detector/src/planted.ts', 'kafkajs'),
  importing('a deep import', 'packages/detector/src/planted.ts', '@belay/bus/src/bus.ts'),
  { what: 'export everything', rule: 'noReExportAll', files: { 'packages/bus/src/planted.ts': "export * from './bus.ts';\n" } },
  { what: 'a default export', rule: 'noDefaultExport', files: { 'packages/bus/src/planted.ts': 'export default 1;\n' } },
  { what: 'any', rule: 'noExplicitAny', files: { 'packages/bus/src/planted.ts': 'export const x: any = 1;\n' } },
  {
    what: 'a file over 300 lines',
    rule: 'noExcessiveLinesPerFile',
    files: { 'packages/bus/src/planted.ts': `${lines(301, 'export const a# = 1;')}\n` },
  },
  {
    what: 'a function over 60 lines',
    rule: 'noExcessiveLinesPerFunction',
    files: { 'packages/bus/src/planted.ts': `export function long(log: (n: number) => void): void {\n${lines(61, '  log(#);')}\n}\n` },
  },
  {
    what: 'the wall clock in a pure room',
    rule: 'pure room takes time',
    files: { 'packages/detector/src/stats/planted.ts': 'export const now = (): number => Date.now();\n' },
  },
  {
    what: 'randomness in a pure room',
    rule: 'pure room takes time',
    files: { 'packages/protocol/src/planted.ts': 'export const dice = (): number => Math.random();\n' },
  },
  {
    what: 'the environment outside main',
    rule: 'noProcessEnv',
    files: { 'packages/collector/src/planted.ts': 'export const port = (): string | undefined => process.env.PORT;\n' },
  },
  {
    what: 'a file name in camel case',
    rule: 'useFilenamingConvention',
    files: { 'packages/bus/src/plantedFile.ts': 'export const x = 1;\n' },
  },
  {
    what: 'a focused test',
    rule: 'noFocusedTests',
    files: { 'packages/bus/src/planted.test.ts': "import { it } from 'vitest';\n\nit.only('x', () => {});\n" },
  },
  {
    what: 'an import cycle',
    rule: 'noImportCycles',
    files: {
      'packages/bus/src/planted-a.ts': "import { b } from './planted-b.ts';\n\nexport const a: number = b + 1;\n",
      'packages/bus/src/planted-b.ts': "import { a } from './planted-a.ts';\n\nexport const b: number = a + 1;\n",
    },
  },
];

let house: string;

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'belay-house-'));
  for (const name of ['biome.json', 'scripts/lint']) cpSync(join(root, name), join(house, name), { recursive: true });
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

/** Lints the given files alone, in a copy of the house that has nothing but its rules. */
function lint(files: Record<string, string>): { failed: boolean; report: string } {
  rmSync(join(house, 'packages'), { recursive: true, force: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), content);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'lint', '--vcs-enabled=false', '--max-diagnostics=5', 'packages'],
    { cwd: house, encoding: 'utf8' },
  );
  return { failed: status !== 0, report: stdout + stderr };
}

describe('the rules of the house', () => {
  it.each(VIOLATIONS)('refuse $what', ({ rule, files }) => {
    const { failed, report } = lint(files);
    expect(report).toContain(rule);
    expect(failed).toBe(true);
  });

  it('have nothing against a clean file', () => {
    const { failed, report } = lint({
      'packages/detector/src/clean.ts':
        "import { BelayError } from '@belay/protocol';\n\nexport const refuse = (): BelayError => new BelayError('forbidden', 'No.');\n",
    });
    expect(report).not.toContain('lint/');
    expect(failed).toBe(false);
  });
});
