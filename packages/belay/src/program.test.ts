import { createManualClock } from '@belay/testkit';
import type { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { createTerminal, wantsColour } from './output/terminal.ts';
import { createProgram } from './program.ts';

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
  it.each([[['nonsense']], [['mode', 'loud', '--all']], [['pause']], [['replay', 'file', '--speed', '0']]])(
    'refuses %j as wrong usage',
    async (args) => {
      const failure = (await program()
        .run(...args)
        .catch((error: unknown) => error)) as CommanderError;
      expect(failure.name).toMatch(/CommanderError|InvalidArgumentError/);
      expect(failure.exitCode).not.toBe(0);
    },
  );

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
