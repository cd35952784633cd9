import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createManualClock } from '@belay/testkit';
import type { CommanderError } from 'commander';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTerminal, wantsColour } from './output/terminal.ts';
import { createProgram } from './program.ts';
import { dataDirAt } from './up/data-dir.ts';
import { loadOrCreateSigningKey } from './up/signing-key.ts';

function program(env: NodeJS.ProcessEnv = {}) {
  const written = { out: '', err: '', code: 0 };
  const terminal = createTerminal(
    { out: { write: (text) => (written.out += text) }, err: { write: (text) => (written.err += text) } },
    env,
  );
  const setExitCode = (code: number): void => {
    written.code = code;
  };
  const context = { terminal, clock: createManualClock(), env, signal: new AbortController().signal, setExitCode };
  return { written, run: (...args: string[]) => createProgram(context).parseAsync(['node', 'belay', ...args]) };
}

describe('the command line', () => {
  it.each([[['nonsense']], [['pause']], [['replay', 'file', '--speed', '0']]])('refuses %j as wrong usage', async (args) => {
    const failure = (await program()
      .run(...args)
      .catch((error: unknown) => error)) as CommanderError;
    expect(failure.name).toMatch(/CommanderError|InvalidArgumentError/);
    expect(failure.exitCode).not.toBe(0);
  });

  it.each([[['mode', 'loud', '--all']], [['mode', 'loop', 'loud']]])('says which modes there are when %j names none', async (args) => {
    await expect(program().run(...args)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('shadow, warn, enforce') });
  });

  it('asks for a detector or --all, not both and not neither', async () => {
    await expect(program().run('mode', 'shadow')).rejects.toThrow(/Name one detector/);
    await expect(program().run('mode', 'shadow', 'loop', '--all')).rejects.toThrow(/Name one detector/);
  });

  it('ends with 3 and a way out when no platform is there', async () => {
    const failure = await program()
      .run('agents', '--control', 'http://127.0.0.1:1', '--data', '/nonexistent')
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: 3, hint: expect.stringContaining('belay up') });
  });

  it('tells doctor what is wrong as JSON, with exit code 6', async () => {
    const { run, written } = program();
    await run('doctor', '--json', '--control', 'http://127.0.0.1:1', '--collector', 'http://127.0.0.1:1', '--data', '/nonexistent');
    const { problems, checks } = JSON.parse(written.out) as { problems: number; checks: { verdict: string; mend?: string }[] };
    expect(problems).toBeGreaterThanOrEqual(3);
    expect(checks.filter(({ verdict }) => verdict === 'problem').every(({ mend }) => mend !== undefined)).toBe(true);
    expect(written.code).toBe(6);
  });
});

describe('belay up', () => {
  it('refuses a log level that does not exist, a configuration that cannot be read and an address of another machine, each with a way out', async () => {
    const data = await mkdtemp(join(tmpdir(), 'belay-up-'));
    onTestFinished(() => rm(data, { recursive: true, force: true }));
    const ports = ['--collector-port', '0', '--control-port', '0', '--metrics-port', '9'];
    const up = (...args: string[]): Promise<unknown> =>
      program()
        .run('up', '--data', data, ...ports, ...args)
        .catch((error: unknown) => error);
    expect(await up('--log-level', 'loud')).toMatchObject({ exitCode: 2, message: expect.stringContaining('debug, info') });
    expect(await up('--config', join(data, 'none.yaml'))).toMatchObject({ exitCode: 2, message: expect.stringContaining('none.yaml') });
    expect(await up('--host', '192.0.2.1')).toMatchObject({ hint: expect.stringContaining('--host') });
  });
});

describe('belay token', () => {
  it('writes a token to a file that only its owner can read', async () => {
    const data = await mkdtemp(join(tmpdir(), 'belay-token-'));
    onTestFinished(() => rm(data, { recursive: true, force: true }));
    await loadOrCreateSigningKey(dataDirAt(data));
    const { run, written } = program();
    const file = join(data, 'a.token');
    await run('token', 'agent', '--agents', 'a', '--data', data, '--out', file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toMatch(/^ey.*\n$/);
    expect(written.out).toBe('');
  });

  it('binds agents to names and environments, and shows what a token covers', async () => {
    const data = await mkdtemp(join(tmpdir(), 'belay-token-'));
    onTestFinished(() => rm(data, { recursive: true, force: true }));
    await loadOrCreateSigningKey(dataDirAt(data));
    const { run, written } = program();
    const file = join(data, 'b.token');
    const bound = ['--agents', 'b-*', '--agent-names', 'billing', '--environments', 'prod*'];
    await run('token', 'agent', ...bound, '--data', data, '--out', file);
    expect(written.err).toContain('agents b-* named billing in prod*');
    await run('token', 'show', file, '--json');
    expect(JSON.parse(written.out)).toMatchObject({ kind: 'agent', agents: 'b-*', agentNames: 'billing', environments: 'prod*' });
  });

  it('shows nothing of a token that could steer a terminal, and none that ends at no time', async () => {
    const data = await mkdtemp(join(tmpdir(), 'belay-token-'));
    onTestFinished(() => rm(data, { recursive: true, force: true }));
    const show = async (claims: object): Promise<string> => {
      const told = { iss: 'belay', sub: 's', jti: 'j', iat: 0, exp: 0, tenant: 'acme', kind: 'agent', ...claims };
      const file = join(data, 'c.token');
      await writeFile(file, ['{"alg":"none"}', JSON.stringify(told), ''].map((part) => Buffer.from(part).toString('base64url')).join('.'));
      const { run, written } = program();
      await run('token', 'show', file);
      return written.out;
    };
    const text = await show({ tenant: '\u001b[2J', agents: '\u001b]0;x\u0007', jti: '\u001b[31m' });
    expect(text).toContain('valid until 1970-01-01');
    expect(text.trimEnd()).not.toMatch(/\p{Cc}/u);
    await expect(show({ exp: 1e300 })).rejects.toMatchObject({ exitCode: 2 });
  });

  it('refuses an empty pattern, a file that is not there and one without a token', async () => {
    await expect(program().run('token', 'agent', '--agents', '')).rejects.toThrow(/1 to 256 characters/);
    await expect(program().run('token', 'show', '/nonexistent')).rejects.toMatchObject({ exitCode: 5 });
    await expect(program().run('token', 'show', import.meta.filename)).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('colours', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ TERM: 'dumb' }, true, false],
  ])('with %j and a terminal %s: %s', (env, isTty, expected) => expect(wantsColour(env, isTty)).toBe(expected));
});
