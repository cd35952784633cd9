import type { DecisionEvent } from '@belay/protocol';
import { decision, MANUAL_CLOCK_START_US, modelCall } from '@belay/testkit';
import type { ContractStreams } from '../detectors/detector-contract.ts';
import { look, mail, officeStream } from './novelty-streams.test-support.ts';
import { ack, heartbeat, hold } from './records.test-support.ts';
import { call, cleanStream } from './streams.test-support.ts';

const clean = cleanStream(1_500);
const times = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i + 1));

/** The end of task `refund` in its `n`-th second. */
export const taskEnd = (n: number, status: 'ok' | 'error' | 'blocked'): DecisionEvent =>
  decision({
    n,
    kind: 'task_end',
    taskName: 'refund',
    call: undefined,
    outcome: { status, ...(status === 'error' ? { errorType: 'Timeout' } : {}) },
  });

/** A call that policy refused. */
export const denied = (n: number, args: string): DecisionEvent =>
  call(n, args, undefined, { policy: { verdict: 'deny', action: 'blocked', ruleId: 'no-prod' }, outcome: { status: 'blocked' } });

/** Three calls and the end of a session; policy refuses the last of a drifted one. */
export const task = (n: number, drifted: boolean): DecisionEvent[] => {
  const of = (i: number) => ({ sessionId: `session-${n}`, startUs: (clean[0]?.startUs ?? 0) + (4 * n + i) * 1e6 });
  const refused = { policy: { verdict: 'deny', action: 'blocked' }, outcome: { status: 'blocked' } } as const;
  return [
    ...times(3, (i) => call(4 * n + i, `args-${n}-${i}`, 'done', { ...of(i), ...(drifted && i === 3 ? refused : {}) })),
    decision({ n: 4 * n + 4, kind: 'session_end', call: undefined, ...of(4) }),
  ];
};

/** A write to a table. */
export const tableWrite = (n: number, table: string): DecisionEvent =>
  call(n, `write-${n}`, `done-${n}`, {
    startUs: (clean.at(-1)?.startUs ?? 0) + n * 1e6,
    call: { name: 'sql', effect: 'write', destinations: [`db:update:${table}`] },
  });

/** An attack of each detector's own kind. A registered detector without one fails its contract. */
export const ATTACKS: Readonly<Record<string, ContractStreams>> = {
  loop: { clean, attack: times(60, (n) => call(n, 'same', 'same')), foundWithin: 3 },
  spend_rate: {
    clean,
    attack: [
      ...clean.slice(0, 700),
      ...times(60, (n) => modelCall({ n: 5_000 + n, startUs: (clean[699]?.startUs ?? 0) + n * 100_000, costNanoUsd: 60_000_000 })),
    ],
    foundWithin: 700 + 10,
  },
  novel_endpoint: {
    clean: officeStream(250),
    attack: [...officeStream(20), look(121), mail(122, 'drop@elsewhere.shop')],
    foundWithin: 122,
  },
  failure: {
    clean: [...clean, ...times(9, (n) => taskEnd(2_000 + n, n % 3 === 0 ? 'ok' : 'error'))],
    attack: times(12, (n) => taskEnd(n, 'error')),
    foundWithin: 3,
  },
  drift: {
    clean,
    attack: [...times(60, (n) => task(n, false)), ...times(12, (n) => task(60 + n, true))].flat(),
    foundWithin: 60 * 4 + 3 * 4,
  },
  sensitive: { clean, attack: [...clean.slice(0, 200), tableWrite(9_000, 'users')], foundWithin: 201 },
  divergence: {
    clean,
    attack: times(30, (n) =>
      call(n, `args-${n}`, `result-${n}`, { divergence: { score: n < 20 ? 0.1 : 0.9, reasons: ['intent.says_read'] } }),
    ),
    foundWithin: 20,
  },
  denial_burst: { clean, attack: times(20, (n) => denied(n, `args-${n % 5}`)), foundWithin: 5 },
  telemetry_gap: {
    clean,
    attack: [...[1, 2, 4].map((n) => decision({ n, seq: n, runId: 'run-1' })), heartbeat(4, 5), heartbeat(4, 65)],
    foundWithin: 5,
  },
  zombie: {
    clean,
    attack: [
      hold('placed', 1),
      ack(7, 2),
      ...[8, 9, 14].map((n) => decision({ n, seq: n, runId: 'run-1', receivedUs: MANUAL_CLOCK_START_US + n * 1e6 })),
    ],
    foundWithin: 5,
  },
  canary: { clean, attack: [call(1, 'ping', 'pong', { agentId: 'belay-canary-1', call: { name: 'belay.canary' } })], foundWithin: 1 },
};
