import type { Effect, Json } from '@belay/protocol';
import { KeySet } from './key-set.ts';

/** Traits and values of one session that are remembered. */
const USED_MAX = 2_000;
/** Destinations of results whose origin is remembered. */
const ORIGINS_MAX = 64;

/** What one session of an agent has done so far, as far as it bears on what comes next. */
export interface SessionMemory {
  calls: number;
  /** Tool of the call before, as a key; 0 = none. */
  tool: number;
  effect: Effect | undefined;
  /** Key of the first call: sessions that begin alike are of one task. */
  beginning: number;
  /** Traits and values that its calls had. */
  readonly used: KeySet;
  /** Destination (31 bits) → decision in whose result it first stood. */
  readonly origins: Map<number, string>;
  lastUs: number;
}

export const createSessionMemory = (): SessionMemory => ({
  calls: 0,
  tool: 0,
  effect: undefined,
  beginning: 0,
  used: new KeySet(USED_MAX, 'forget'),
  origins: new Map(),
  lastUs: 0,
});

/** Remembers where a destination came from, the first time. */
export function addOrigin(memory: SessionMemory, destination: number, decisionId: string): void {
  const index = destination & 0x7fffffff;
  if (memory.origins.size < ORIGINS_MAX && !memory.origins.has(index)) memory.origins.set(index, decisionId);
}

export const originOf = (memory: SessionMemory, destination: number): string | undefined => memory.origins.get(destination & 0x7fffffff);

const EFFECTS: readonly (Effect | undefined)[] = [undefined, 'read', 'write', 'destructive'];

export const memoryToState = (memory: SessionMemory): Json => [
  memory.calls,
  memory.tool,
  EFFECTS.indexOf(memory.effect),
  memory.beginning,
  memory.used.snapshot(),
  [...memory.origins].flat(),
  memory.lastUs,
];

/** @throws BelayError `corrupt` when the state is not one of {@link memoryToState}. */
export function stateToMemory(state: Json): SessionMemory {
  const [calls, tool, effect, beginning, used, origins, lastUs] = Array.isArray(state) ? state : [];
  const memory = createSessionMemory();
  memory.calls = Number(calls);
  memory.tool = Number(tool);
  memory.effect = EFFECTS[Number(effect)];
  memory.beginning = Number(beginning);
  memory.used.restore(used ?? null);
  const pairs = Array.isArray(origins) ? origins : [];
  for (let at = 0; at + 1 < pairs.length; at += 2) memory.origins.set(Number(pairs[at]), String(pairs[at + 1]));
  memory.lastUs = Number(lastUs);
  return memory;
}
