import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createManualClock } from '@belay/testkit';
import { expect, it, onTestFinished } from 'vitest';
import { createTerminal } from '../output/terminal.ts';
import { createProgram } from '../program.ts';

const clock = createManualClock();
const reading = (overrides: object = {}) => ({
  agentId: 'shop',
  metric: 'error_rate',
  subject: '',
  atUs: clock.nowUs() - 60_000_000,
  value: 0.125,
  reference: 0.02,
  statistic: 6,
  threshold: 4,
  samples: 120,
  learning: false,
  ...overrides,
});

/** What `belay drift` writes when control answers this; `asked` takes the query. */
async function drift(answer: object, args: readonly string[] = [], asked: string[] = []): Promise<string> {
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let out = '';
  const terminal = createTerminal({ out: { write: (text) => (out += text) }, err: { write: () => true } }, {});
  const context = {
    terminal,
    clock,
    env: { BELAY_OPERATOR_TOKEN: 'token' },
    signal: new AbortController().signal,
    setExitCode: () => undefined,
  };
  await createProgram(context).parseAsync(['node', 'belay', 'drift', ...args, '--control', url, '--data', '/nonexistent']);
  return out;
}

it('shows the value, what is normal, and how near the test is to its limit', async () => {
  const text = await drift({ metrics: [reading()], series: [] });
  expect(text).toMatch(/error rate +12\.5 % +2\.0 % +6\.0 of 4\.0 +120/);
});

it('says what is learnt still, and what has no reference', async () => {
  const text = await drift({ metrics: [reading({ learning: true, reference: null, threshold: null })], series: [] });
  expect(text).toMatch(/error rate +12\.5 % +– +learning/);
});

it('names the agent where there are several, success first, money in USD', async () => {
  const metrics = [
    reading({ metric: 'cost_per_task', value: 0.0312, reference: 0.0301 }),
    reading({ metric: 'success_rate', subject: 'write:send_mail' }),
    reading({ agentId: 'other' }),
  ];
  const lines = (await drift({ metrics, series: [] })).split('\n');
  expect(lines[0]).toMatch(/^agent/);
  expect(lines[1]).toMatch(/^other +error rate/);
  expect(lines[2]).toMatch(/^shop +success rate write:send_mail/);
  expect(lines[3]).toMatch(/cost per task +0\.0312 USD +0\.0301 USD/);
});

it('shows of several agents the three actions that have fallen most, of one alone sixteen', async () => {
  const actions = Array.from({ length: 20 }, (_, i) =>
    reading({ metric: 'success_rate', subject: `read:tool-${i}.`, statistic: i === 7 ? 5 : 0, samples: i }),
  );
  const lines = (await drift({ metrics: [...actions, reading({ agentId: 'other' })], series: [] }))
    .split('\n')
    .filter((line) => /tool-/.test(line));
  expect(lines.map((line) => /tool-\d+/.exec(line)?.[0])).toEqual(['tool-7', 'tool-19', 'tool-18']);
  expect((await drift({ metrics: actions, series: [] })).match(/tool-/g)).toHaveLength(16);
});

it('draws the course of each metric of one agent, oldest first, and asks for that agent and time', async () => {
  const asked: string[] = [];
  const series = [0.3, 0.2, 0.1].map((value, i) => reading({ value, atUs: clock.nowUs() - i }));
  expect(await drift({ metrics: [reading()], series }, ['shop', '--hours', '2'], asked)).toContain('▁▅█');
  const query = new URLSearchParams(asked[0]?.split('?')[1]);
  expect(query.get('agentId')).toBe('shop');
  expect(Number(query.get('sinceUs'))).toBe(clock.nowUs() - 7_200_000_000);
});

it('an agent cannot write to the terminal through the name of a tool', async () => {
  const text = await drift({ metrics: [reading({ metric: 'success_rate', subject: 'read:\u001b[31mred' })], series: [] });
  expect(text).not.toContain('\u001b[31mred');
});

it('nothing measured is said, with why', async () => {
  expect(await drift({ metrics: [], series: [] })).toContain('Nothing has been measured');
});

it('gives everything as one JSON document', async () => {
  const answer = { metrics: [reading()], series: [reading()] };
  expect(JSON.parse(await drift(answer, ['--json']))).toEqual(answer);
});

it('the canary is left out, unless it is asked for', async () => {
  const answer = { metrics: [reading(), reading({ agentId: 'belay-canary' })], series: [] };
  expect(await drift(answer)).not.toContain('belay-canary');
  expect(JSON.parse(await drift(answer, ['--json'])).metrics).toHaveLength(1);
  expect(await drift(answer, ['--canary'])).toContain('belay-canary');
  expect(await drift({ ...answer, metrics: [reading({ agentId: 'belay-canary' })] }, ['belay-canary'])).toContain('error rate');
});

it('an agent of somebody whose id begins like the canary’s is shown', async () => {
  const metrics = [reading(), reading({ agentId: 'belay-canary-proxy' })];
  expect(await drift({ metrics, series: [] })).toContain('belay-canary-proxy');
});
