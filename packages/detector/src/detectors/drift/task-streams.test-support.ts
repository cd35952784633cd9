import type { DecisionEvent } from '@belay/protocol';
import { createSeededRandom, decision, decisionId, MANUAL_CLOCK_START_US, type SeededRandom } from '@belay/testkit';

/** What an agent's tasks are like. Rates are per call. */
export interface Habits {
  readonly calls: number;
  readonly tools: number;
  readonly errorRate: number;
  readonly denialRate: number;
  /** Of its calls, those that ask a person, and of these the rejected ones. */
  readonly approvalRate: number;
  readonly rejectionRate: number;
  /** Of its successes, those that fail the author's own check. */
  readonly failedCheckRate: number;
  readonly costUsd: number;
  /** Standard deviation of the logarithm of a call's cost, tokens and duration: 1.5 is a heavy tail. */
  readonly spread: number;
  /** 0: rates are the same in every task; 1: some tasks have most of the trouble. */
  readonly clustering: number;
}

export const STEADY: Habits = {
  calls: 6,
  tools: 5,
  errorRate: 0.05,
  denialRate: 0,
  approvalRate: 0,
  rejectionRate: 0.05,
  failedCheckRate: 0,
  costUsd: 0.01,
  spread: 0.5,
  clustering: 0,
};

/** Standard normal number (Box and Muller 1958). */
const normal = (random: SeededRandom): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** Makes the tasks of one agent, one after the other: decisions, then the end of the session. Seeded. */
export class TaskStream {
  readonly #random: SeededRandom;
  #n = 0;
  #task = 0;

  constructor(seed: number) {
    this.#random = createSeededRandom(seed);
  }

  tasks(count: number, habits: Partial<Habits> = {}, overrides: object = {}): DecisionEvent[] {
    return Array.from({ length: count }, () => this.#next({ ...STEADY, ...habits }, overrides)).flat();
  }

  #next(habits: Habits, overrides: object): DecisionEvent[] {
    const random = this.#random;
    this.#task++;
    const calls = Math.max(1, Math.round(habits.calls * Math.exp(0.3 * normal(random))));
    const trouble = habits.clustering === 0 ? 1 : random.next() < 0.25 ? 1 + 3 * habits.clustering : 1 - habits.clustering;
    const events = Array.from({ length: calls }, () => this.#call(habits, trouble, overrides));
    return [...events, this.#at({ kind: 'session_end', call: undefined, outcome: undefined, ...overrides })];
  }

  #call(habits: Habits, trouble: number, overrides: object): DecisionEvent {
    const random = this.#random;
    const tail = (): number => Math.exp(habits.spread * normal(random));
    const denied = random.next() < habits.denialRate * trouble;
    const failed = !denied && random.next() < habits.errorRate * trouble;
    const asked = random.next() < habits.approvalRate;
    const unexpected = !denied && !failed && random.next() < habits.failedCheckRate;
    return this.#at({
      durationUs: Math.round(200_000 * tail()),
      call: { name: `tool-${random.integer(1, habits.tools)}`, digest: `sha256:${random.integer(1, 60)}` },
      outcome: { status: denied ? 'blocked' : failed ? 'error' : 'ok' },
      costNanoUsd: Math.round((habits.costUsd / habits.calls) * 1e9 * tail()),
      usage: { inputTokens: Math.round(1_000 * tail()) },
      ...(denied ? { policy: { verdict: 'deny', action: 'blocked' } as const } : {}),
      ...(asked ? { approval: { ticketId: 't', status: random.next() < habits.rejectionRate ? 'rejected' : 'approved' } } : {}),
      ...(unexpected ? { divergence: { score: 0.7, reasons: ['outcome.unexpected'] } } : {}),
      ...overrides,
    });
  }

  #at(overrides: Parameters<typeof decision>[0] & object): DecisionEvent {
    this.#n++;
    const startUs = MANUAL_CLOCK_START_US + this.#n * 1_000_000;
    return decision({ n: this.#n, id: decisionId(this.#n), sessionId: `session-${this.#task}`, startUs, ...overrides });
  }
}
