import { describe, expect, it } from 'vitest';
import { agentConfig, parseAgentOptions } from './config.ts';

const problemsOf = (options: object, environment = {}): string[] => {
  const parsed = parseAgentOptions(options as never, environment);
  return 'problems' in parsed ? parsed.problems.map((each) => each.option) : [];
};

describe('options', () => {
  it('need an id alone', () => {
    const parsed = parseAgentOptions({ id: 'a' }, {});
    expect(parsed).toMatchObject({
      config: {
        endpoint: 'http://127.0.0.1:4318',
        content: 'off',
        whenPaused: 'wait',
        failMode: { graceMs: 30_000, destructive: 'refuse' },
      },
    });
  });

  it('come from the environment where they are not given', () => {
    const environment = { BELAY_ENDPOINT: 'http://c:1', BELAY_CONTROL_ENDPOINT: 'http://d:2', BELAY_TOKEN: 'a.b.c', BELAY_ENVIRONMENT: '' };
    expect(parseAgentOptions({ id: 'a', endpoint: 'http://mine:3' }, environment)).toMatchObject({
      config: { endpoint: 'http://mine:3', controlEndpoint: 'http://d:2', token: 'a.b.c', environment: undefined },
    });
  });

  it('are all judged at once, a misspelt safety switch included', () => {
    const bad = {
      id: '',
      content: 'some',
      toolTimeoutMs: -1,
      endpoint: 'ftp://x',
      whenPaused: 'later',
      failmode: {},
      failMode: { destructive: 'yes', gracems: 1 },
    };
    expect(problemsOf(bad).sort()).toEqual([
      'content',
      'endpoint',
      'failMode.destructive',
      'failMode.gracems',
      'failmode',
      'id',
      'toolTimeoutMs',
      'whenPaused',
    ]);
  });

  it('of the environment are judged too', () => {
    expect(problemsOf({ id: 'a' }, { BELAY_ENDPOINT: 'nonsense' })).toEqual(['endpoint']);
  });

  it('that are wrong say what was received, and never a token', () => {
    expect(() => agentConfig({ id: 'a', exportDelayMs: 0.5, token: 'secret-but-no-jwt' })).toThrow(/exportDelayMs.*got 0\.5/);
    expect(() => agentConfig({ id: 'a', token: 'secret-but-no-jwt' })).not.toThrow(/secret/);
    expect(problemsOf({ id: 'a', endpoint: 'http://user:pass@host' })).toEqual(['endpoint']);
  });
});
