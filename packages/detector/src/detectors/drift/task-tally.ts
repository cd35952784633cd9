import type { DecisionEvent, Json } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';

/** Distinct tools and calls of one task that are told apart; beyond it a call counts as new. */
const TOOLS_MAX = 32;
const CALLS_MAX = 64;
/** Checks that the author of a tool gave, or that the tool itself breaks: it reports success, and this says otherwise. */
const FAILED_CHECKS: ReadonlySet<string> = new Set([
  'outcome.unexpected',
  'outcome.error_in_ok',
  'outcome.more_affected',
  'outcome.not_as_planned',
]);

/** Sums over the decisions of one task. */
export interface TaskFacts {
  decisions: number;
  calls: number;
  repeats: number;
  errors: number;
  refused: number;
  escalated: number;
  approvals: number;
  rejected: number;
  unchecked: number;
  costNanoUsd: number;
  tokens: number;
  durationUs: number;
  /** Decisions that some detector flagged. */
  flagged: number;
}

/** What one decision was, as drift counts it. */
export interface DecisionFacts {
  readonly isError: boolean;
  readonly isRefused: boolean;
  readonly failsCheck: boolean;
  readonly isApproved: boolean;
  readonly isRejected: boolean;
}

/** Pure. A redacted result is a refusal: the policy said no, whatever ran. */
export function decisionFacts({ outcome, policy, approval, divergence }: DecisionEvent): DecisionFacts {
  const isRejected = approval !== undefined && /^(reject|den|refus|declin)/i.test(approval.status);
  const status = outcome?.status;
  return {
    isError: status === 'error' || status === 'timeout',
    isRefused: !isRejected && (policy?.verdict === 'deny' || status === 'blocked'),
    failsCheck: status === 'ok' && (divergence?.reasons.some((reason) => FAILED_CHECKS.has(reason)) ?? false),
    isApproved: approval !== undefined && /^(approv|grant|accept)/i.test(approval.status),
    isRejected,
  };
}

/** One task that is under way. */
export class TaskTally {
  readonly facts: TaskFacts;
  readonly #tools: number[];
  readonly #calls: number[];
  /** Fingerprints of task, session and run: an end marker of any of them ends it. 0 = none. */
  readonly ids: readonly number[];
  atUs: number;

  constructor(ids: readonly number[], atUs: number, [numbers = [], tools = [], calls = []]: readonly (readonly number[])[] = []) {
    this.ids = ids;
    this.atUs = atUs;
    this.facts = numbersToFacts(numbers);
    this.#tools = [...tools];
    this.#calls = [...calls];
  }

  get tools(): number {
    return this.#tools.length;
  }

  add(event: DecisionEvent, what: DecisionFacts, atUs: number): void {
    const { facts } = this;
    this.atUs = atUs;
    facts.decisions++;
    facts.flagged++;
    if (event.call !== undefined && event.kind !== 'model') this.#addCall(event.call.name, event.call.digest);
    if (what.isError) facts.errors++;
    if (what.isRefused) facts.refused++;
    if (what.failsCheck) facts.unchecked++;
    if (what.isRejected) facts.rejected++;
    if (what.isApproved || what.isRejected) facts.approvals++;
    const verdict = event.policy?.verdict;
    if (verdict === 'require_approval' || verdict === 'allow_with_review') facts.escalated++;
    facts.costNanoUsd += Math.max(0, event.costNanoUsd ?? event.estimatedCostNanoUsd ?? 0);
    facts.tokens += (event.usage?.inputTokens ?? 0) + (event.usage?.outputTokens ?? 0);
    facts.durationUs += Math.max(0, event.durationUs - 1_000 * (event.approval?.waitMs ?? 0));
  }

  /** The newest decision was not flagged by anyone. */
  approve(): void {
    this.facts.flagged--;
  }

  snapshot(): Json {
    return [this.ids, this.atUs, [Object.values(this.facts), this.#tools, this.#calls]];
  }

  #addCall(name: string, digest: string | undefined): void {
    this.facts.calls++;
    const tool = fingerprint(name);
    note(this.#tools, tool, TOOLS_MAX);
    if (digest !== undefined && !note(this.#calls, fingerprint(digest.slice(-16)) + tool, CALLS_MAX)) this.facts.repeats++;
  }
}

/** False when it was there already. */
function note(seen: number[], key: number, most: number): boolean {
  if (seen.includes(key)) return false;
  if (seen.length < most) seen.push(key);
  return true;
}

const numbersToFacts = ([
  decisions = 0,
  calls = 0,
  repeats = 0,
  errors = 0,
  refused = 0,
  escalated = 0,
  approvals = 0,
  rejected = 0,
  unchecked = 0,
  costNanoUsd = 0,
  tokens = 0,
  durationUs = 0,
  flagged = 0,
]: readonly number[]): TaskFacts => ({
  decisions,
  calls,
  repeats,
  errors,
  refused,
  escalated,
  approvals,
  rejected,
  unchecked,
  costNanoUsd,
  tokens,
  durationUs,
  flagged,
});
