import { type DecisionEvent, matchesPattern } from '@belay/protocol';
import { fingerprint } from '../../stats/fingerprint.ts';
import type { AllowedCalls } from './allowed-calls.ts';

/** One completed action as the rules see it. Fingerprints; 0 = unknown. */
export interface Step {
  readonly id: string;
  readonly call: number;
  readonly tool: number;
  readonly toolName: string;
  readonly result: number;
  readonly failed: boolean;
  readonly transient: boolean;
  /** A read that found nothing: something was asked for. A write that answers nothing is no news. */
  readonly empty: boolean;
  /** It answered nothing, whatever it was asked. */
  readonly blank: boolean;
  /** Blank arguments and a blank result: waiting. */
  readonly wait: boolean;
  /** Declared a poll. */
  readonly poll: boolean;
  /** A person allows this call, or the failures of this tool, to repeat. */
  readonly allowed: boolean;
  readonly toolAllowed: boolean;
  /** Normalised error, 0 when it did not fail. */
  readonly error: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly atUs: number;
}

/** The action of a tool call or hand-over; undefined for what the rules do not count: our own veto, a cancelled call, no outcome. */
export function stepOf(
  event: DecisionEvent,
  atUs: number,
  { pollTools, allowed }: { pollTools: readonly string[]; allowed: AllowedCalls },
): Step | undefined {
  const { call, outcome } = event;
  if (call === undefined || outcome === undefined || isVeto(event) || outcome.status === 'cancelled') return undefined;
  const failed = outcome.status === 'error' || outcome.status === 'timeout';
  const transient = failed && (outcome.errorClass === 'transient' || (outcome.errorClass === undefined && outcome.status === 'timeout'));
  const empty = !failed && outcome.empty === true && call.effect === 'read';
  const digest = call.digest === undefined ? 0 : fingerprint(call.digest);
  const tool = fingerprint(call.name);
  const error = failed ? errorOf(event) : 0;
  const blank = !failed && isBlankResult(event);
  return {
    id: event.id,
    call: digest,
    tool,
    toolName: call.name,
    result: outcome.resultDigest === undefined ? error : fingerprint(outcome.resultDigest),
    failed,
    transient,
    empty,
    blank,
    wait: blank && hasBlankArguments(event),
    poll: call.poll === true || pollTools.some((pattern) => matchesPattern(pattern, call.name)),
    allowed: allowed.hasCall(digest),
    toolAllowed: allowed.hasTool(tool),
    error,
    startUs: event.startUs,
    endUs: event.startUs + event.durationUs,
    atUs,
  };
}

/** A call that we refused says nothing about the agent's progress. */
const isVeto = (event: DecisionEvent): boolean =>
  event.outcome?.status === 'blocked' || event.policy?.action === 'blocked' || event.policy?.action === 'held';

function isBlankResult({ outcome }: DecisionEvent): boolean {
  if (outcome === undefined) return false;
  return outcome.empty === true || outcome.resultBytes === 0 || outcome.resultPreview?.trim() === '';
}

/** From features where there are any (they survive with capture off), else from the preview. */
function hasBlankArguments({ call }: DecisionEvent): boolean {
  if (call === undefined) return false;
  if (call.features !== undefined) return call.features.every((feature) => feature.kind === 'empty');
  return isBlankJson(call.argumentsPreview);
}

function isBlankJson(text: string | undefined): boolean {
  if (text === undefined || text.length > 256) return false;
  if (text.trim() === '') return true;
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((item) => item === null || (typeof item === 'string' && item.trim() === ''))
    );
  } catch {
    return false;
  }
}

/** Type and text of an error without what changes from one to the next: numbers, hex, quoted values. */
function errorOf({ outcome }: DecisionEvent): number {
  const text = outcome?.resultPreview?.slice(0, 200).replace(/0x[0-9a-f]+|\d+|'[^']*'|"[^"]*"/gi, '#') ?? '';
  return fingerprint(`${outcome?.errorType ?? ''}|${outcome?.errorClass ?? ''}|${text}`);
}
