import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Anomaly } from '@belay/protocol';
import { anomaly, createManualClock } from '@belay/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createTerminal } from '../output/terminal.ts';
import { createProgram } from '../program.ts';

const HOLD = { id: 'h1', action: 'pause', scope: 'run', scopeId: 'r9', reason: 'r', cause: { kind: 'operator', ref: 'ann' }, placedUs: 1 };

/** A control that answers each path with what the test gives. */
async function run(answers: Readonly<Record<string, object>>, ...args: string[]): Promise<string> {
  const server = createServer((request, response) => {
    const path = `${request.method} ${request.url?.split('?')[0]}`;
    response.writeHead(path in answers || path.endsWith('z') ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answers[path] ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const written = { out: '' };
  const terminal = createTerminal({ out: { write: (text) => (written.out += text) }, err: { write: () => true } }, {});
  const env = { BELAY_OPERATOR_TOKEN: 'token' };
  const context = { terminal, clock: createManualClock(), env, signal: new AbortController().signal, setExitCode: () => undefined };
  await createProgram(context).parseAsync(['node', 'belay', ...args, '--control', url, '--collector', url, '--data', '/nonexistent']);
  return written.out;
}

const EMPTY = { 'GET /v1/agents': { agents: [] }, 'GET /v1/holds': { holds: [] }, 'GET /v1/anomalies': { anomalies: [] } };

it('status says that automatic holds have stopped, why, and what to do', async () => {
  const breaker = { isOpen: true, heldAgents: 3, limit: 3, windowMs: 600_000 };
  const text = await run({ ...EMPTY, 'GET /v1/detectors': { breaker } }, 'status');
  expect(text).toMatch(/breaker +open: automatic holds have stopped +3 agents held automatically in 10 min\S*, the limit is 3/);
  expect(text).toContain('belay pause <agent>');
});

it('status says nothing of a breaker with room, and of a control that knows none', async () => {
  const breaker = { isOpen: false, heldAgents: 1, limit: 3, windowMs: 600_000 };
  expect(await run({ ...EMPTY, 'GET /v1/detectors': { breaker } }, 'status')).not.toContain('breaker');
  expect(await run({ ...EMPTY, 'GET /v1/detectors': {} }, 'status')).not.toContain('breaker');
});

it('a pause of a run that is over does not promise to hold the next one', async () => {
  const placed = { hold: HOLD, epoch: 1, commandId: 'c1' };
  const answers = { 'POST /v1/agents/a/holds': placed, 'GET /v1/commands': { commands: [{ id: 'c1', acks: [] }] } };
  expect(await run(answers, 'pause', 'a', '--run', 'r9')).toContain('no run of it is alive; a run that has ended never acts again.');
  expect(await run(answers, 'pause', 'a')).toContain('no run of it is alive; the hold is in force when one starts.');
});

const BREAKER = { isOpen: true, heldAgents: 3, limit: 3, windowMs: 600_000, untilUs: null };
const CANARY = { agentId: 'belay-canary', epoch: 0, liveRuns: 1, openHolds: 0, isCanary: true, lastSeenUs: 1 };
const AGENT = { ...CANARY, agentId: 'a', isCanary: false, state: 'running' };

it('doctor reports an open breaker as a problem with what to do, and counts agents as status does', async () => {
  const answers = { ...EMPTY, 'GET /v1/agents': { agents: [CANARY, AGENT] }, 'GET /v1/detectors': { breaker: BREAKER } };
  const { checks } = JSON.parse(await run(answers, 'doctor', '--json')) as { checks: { name: string; found: string }[] };
  expect(checks).toContainEqual({
    name: 'breaker',
    verdict: 'problem',
    found: expect.stringContaining('3 agents held automatically'),
    mend: expect.stringContaining('belay pause'),
  });
  expect(checks.find(({ name }) => name === 'operator plane')?.found).toContain('1 agents known');
  expect(await run(answers, 'status')).toContain('1 known');
});

it('an agent of somebody whose id begins like the canary’s is counted with what is held of it, and so is what it still learns', async () => {
  const agent = { ...CANARY, agentId: 'belay-canary-proxy' };
  const learning = { key: 'acme/belay-canary-proxy', learning: [{ detector: 'drift', learned: 1, needed: 40 }] };
  const answers = {
    ...EMPTY,
    'GET /v1/agents': { agents: [CANARY, agent] },
    'GET /v1/holds': { holds: [CANARY, agent].map(({ agentId }) => ({ ...HOLD, agentId, requestedBy: 'ann' })) },
    'GET /v1/detectors': { status: { agents: [learning] } },
  };
  const facts = JSON.parse(await run(answers, 'status', '--json'));
  expect(facts).toMatchObject({ agents: { known: 1, live: 1 }, holds: 1, learning: 1 });
  const { checks } = JSON.parse(await run(answers, 'doctor', '--json')) as { checks: { name: string; found: string }[] };
  expect(checks.find(({ name }) => name === 'operator plane')?.found).toContain('1 agents known');
});

it('anomalies shows what came of each, without the canary, and the refused ones as not held', async () => {
  const found = anomaly({ agentId: 'loose' });
  const anomalies = [
    { anomaly: { ...found, detector: 'canary', agentId: 'belay-canary-1' }, disposition: 'placed' },
    { anomaly: found, disposition: 'breaker_open' },
    { anomaly: { ...found, agentId: 'other' }, disposition: 'placed' },
  ];
  const text = await run({ 'GET /v1/anomalies': { anomalies } }, 'anomalies');
  expect(text).toMatch(/loose.*NOT HELD: breaker/);
  expect(text).not.toContain('canary');
  const json = JSON.parse(await run({ 'GET /v1/anomalies': { anomalies } }, 'anomalies', '--json', '--limit', '1'));
  expect(json.anomalies).toHaveLength(1);
});

it('anomalies tells what was told from what was only recorded, which control does not tell apart', async () => {
  const found = (rule: string, more: Partial<Anomaly>) => ({ anomaly: anomaly({ rule, ...more }), disposition: 'recorded' });
  const anomalies = [found('warned', { response: 'notify' }), found('shadowed', { response: 'none' })];
  const text = await run({ 'GET /v1/anomalies': { anomalies } }, 'anomalies');
  expect(text).toMatch(/loop warned +told /);
  expect(text).toMatch(/loop shadowed +recorded /);
});

it('agents says of a running agent with a held session that the session is paused', async () => {
  const holds = [{ ...HOLD, agentId: 'a', scope: 'session', scopeId: 's' }];
  const answers = { 'GET /v1/agents': { agents: [{ ...AGENT, openHolds: 1 }] }, 'GET /v1/holds': { holds }, 'GET /v1/detectors': {} };
  const text = await run(answers, 'agents');
  expect(text).toMatch(/a +session paused/);
});

it('agents and status say which detectors are still learning an agent; of none in reach nothing is claimed', async () => {
  const of = (agentId: string, learned: number) => ({ key: `acme/${agentId}`, learning: [{ detector: 'drift', learned, needed: 40 }] });
  const agents = {
    'GET /v1/agents': {
      agents: [AGENT, { ...AGENT, agentId: 'b' }, { ...AGENT, agentId: 'c' }, { ...AGENT, agentId: 'd', lastSeenUs: 3 }],
    },
  };
  const answers = { ...EMPTY, ...agents, 'GET /v1/detectors': { status: { configSinceUs: 2, agents: [of('a', 12), of('b', 40)] } } };
  expect((await run(answers, 'agents')).split('\n').map((line) => line.trim())).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^a .* drift 12\/40$/),
      expect.stringMatching(/^b .* done$/),
      expect.stringMatching(/^c .* silent since the detectors started .* ago$/),
      expect.stringMatching(/^d .* no decision since the detectors started .* ago$/),
    ]),
  );
  expect(await run(answers, 'status')).toMatch(/learning +1 .*belay agents/);
  const away = { ...answers, 'GET /v1/detectors': { status: null } };
  expect(await run(away, 'agents')).toContain('no detectors in reach');
  expect(await run(away, 'status')).not.toContain('learning');
});

it('mode without a mode shows what was set and what is as configured', async () => {
  const modes = [{ detector: 'loop', agentId: null, mode: 'shadow', changedBy: 'ann' }];
  const text = await run({ 'GET /v1/detectors': { detectors: ['loop', 'stall'], modes } }, 'mode');
  expect(text).toMatch(/loop +every agent +shadow +set by ann/);
  expect(text).toMatch(/stall +every agent +as configured/);
});

it('a pause of an agent that is not known says what to do with one that only sends spans', async () => {
  await expect(run({}, 'pause', 'ghost')).rejects.toMatchObject({ exitCode: 5, hint: expect.stringContaining('only sends OpenTelemetry') });
});

it.each([
  ['pause', 'a', '--wait', 'abc'],
  ['agents', '--limit', 'x'],
  ['holds', '--limit', '0'],
  ['anomalies', '--limit', '1e9'],
])('%s %s %s is refused before anything is asked', async (...args) => {
  await expect(run({}, ...args)).rejects.toThrow(/Give (a whole number|seconds)/);
});

it('mode shows whom each is for, who set it and since when, and the mode by the configuration', async () => {
  const modes = [{ detector: 'loop', agentName: 'billing*', environment: 'prod', mode: 'shadow', changedBy: 'ann', changedUs: 1 }];
  const status = { detectors: [{ id: 'loop', mode: 'enforce' }] };
  const text = await run({ 'GET /v1/detectors': { detectors: ['loop'], modes, status } }, 'mode');
  expect(text).toMatch(/loop +every agent +enforce +as configured/);
  expect(text).toMatch(/loop +agents named billing\* in prod +shadow +set by ann .*ago/);
});

it('mode of a detector that does not exist is not found; as JSON it says what is configured, too', async () => {
  const status = { detectors: [{ id: 'loop', mode: 'enforce' }] };
  const answers = { 'GET /v1/detectors': { detectors: ['loop', 'stall'], modes: [], status } };
  await expect(run(answers, 'mode', 'lop')).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('loop, stall') });
  expect(JSON.parse(await run(answers, 'mode', 'loop', '--json'))).toEqual({
    detectors: ['loop'],
    configured: { loop: 'enforce' },
    rules: [],
    modes: [],
  });
});

const RULES = [
  { detector: 'spend_rate', rule: '*', agent: '*', environment: 'sample', mode: 'enforce' },
  { detector: '*', rule: 'cap_*', agent: '*', mode: 'enforce' },
];

it('mode lists what is configured for some agents or rules, too, unless what is set for all leaves nothing of it', async () => {
  const status = { detectors: [{ id: 'spend_rate', mode: 'warn' }], modes: RULES };
  const answer = (...modes: object[]) => ({ 'GET /v1/detectors': { detectors: ['spend_rate'], modes, status } });
  const text = await run(answer(), 'mode');
  expect(text).toMatch(/spend_rate +agents in sample +enforce +as configured\n *spend_rate +every agent +warn +as configured/);
  expect(text).toMatch(/\* +every agent, rules cap_\* +enforce +as configured/);
  const set = { detector: 'spend_rate', changedBy: 'ann', changedUs: 1 };
  expect(await run(answer({ ...set, mode: 'warn' }), 'mode', 'spend_rate')).toContain('cap_*');
  expect(await run(answer({ ...set, mode: 'shadow' }), 'mode')).not.toContain('as configured');
});

it.each([[['mode', 'loop', 'warn']], [['mode', 'warn', 'loop']]])('%j sets the detector, in either order of the words', async (args) => {
  const set = { detectors: ['loop'], mode: 'warn', backtestId: 'b1' };
  expect(await run({ 'POST /v1/detectors/loop/mode': set }, ...args, '--name', 'billing*')).toBe(
    'loop is in warn for agents named billing*.\nAllowed by backtest b1.\n',
  );
});

it('promote names the backtest it stands on', async () => {
  const numbers = {
    source: 'history',
    detectors: [{ detector: 'spend_rate', mode: 'enforce', wouldPause: 3, wouldNotify: 4 }],
    fromUs: 0,
    untilUs: 10_740_000_000,
    decisions: 5000,
    agentHours: 12.34,
    recordedUs: 1,
    recordedBy: 'ann',
  };
  const answers = {
    'POST /v1/detectors/spend_rate/mode': { detectors: ['spend_rate'], mode: 'enforce', backtestId: 'b1' },
    'GET /v1/backtests': { backtests: [{ id: 'b1', configDigest: 'd', ...numbers }] },
  };
  const text = await run(answers, 'promote', 'spend_rate', 'enforce');
  expect(text).toMatch(
    /spend_rate is in enforce for every agent\.\nOn the strength of the backtest that ann recorded .*: history, 5000 decisions over 2 h 59 min, 12\.3 .* paused 3 times/,
  );
});

it('a forced mode without a reason, and an agent with a label, are refused before anything is asked', async () => {
  await expect(run({}, 'promote', 'loop', 'warn', '--force')).rejects.toMatchObject({
    exitCode: 2,
    hint: expect.stringContaining('--reason'),
  });
  await expect(run({}, 'mode', 'loop', 'warn', '--agent', 'a', '--name', 'b')).rejects.toMatchObject({ exitCode: 2 });
});

it('anomalies shows ids short enough to copy and what was said of them, and feedback takes such an id', async () => {
  const id = `sha256:${'0123456789abcdef'.repeat(4)}`;
  const anomalies = [{ anomaly: anomaly({ id }), disposition: 'placed', feedback: { verdict: 'false_positive', actor: 'ann' } }];
  expect(await run({ 'GET /v1/anomalies': { anomalies } }, 'anomalies')).toMatch(/0123456789ab .*false positive/);
  const given = { anomalyId: id, feedback: { verdict: 'expected', actor: 'ann' }, isNews: true };
  const answers = {
    'POST /v1/anomalies/0123456789ab/feedback': given,
    'DELETE /v1/anomalies/0123456789ab/feedback': { ...given, feedback: null },
  };
  expect(await run(answers, 'feedback', '0123456789ab', 'expected')).toContain('recorded, not answered');
  expect(await run(answers, 'feedback', '0123456789ab', '--undo')).toContain('answered again');
  await expect(run(answers, 'feedback', '0123456789ab')).rejects.toMatchObject({ exitCode: 2 });
});

it('feedback about no anomaly is refused in a sentence, before anything is asked', async () => {
  await expect(run({}, 'feedback', ' ', 'expected')).rejects.toMatchObject({ exitCode: 2, message: 'The id of the anomaly is empty.' });
});

it('a demo on a platform that was named and does not answer starts no other', async () => {
  const nowhere = ['demo', '--control', 'http://127.0.0.1:1', '--data', '/nonexistent'];
  const terminal = createTerminal({ out: { write: () => true }, err: { write: () => true } }, {});
  const context = { terminal, clock: createManualClock(), env: {}, signal: new AbortController().signal, setExitCode: () => undefined };
  await expect(createProgram(context).parseAsync(['node', 'belay', ...nowhere])).rejects.toMatchObject({ exitCode: 3 });
});
