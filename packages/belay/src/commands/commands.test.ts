import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createManualClock } from '@belay/testkit';
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
