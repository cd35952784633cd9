import type { Effect, Json } from '@belay/protocol';
import { RecentMap } from '../recent-map.ts';
import { KeySet } from './key-set.ts';

/** Traits and values of one session that are remembered. */
const USED_MAX = 2_000;
/** Destinations of results whose origin is remembered. */
const ORIGINS_MAX = 64;

/** Different calls of one session that are remembered. */
const MADE_MAX = 24;

/** What one session of an agent has done so far, as far as it bears on what comes next. */
export interface SessionMemory {
  calls: number;
  /** Tool of the call before, as a key; 0 = none. */
  tool: number;
  /** Of the call before, where it had one. */
  effect: Effect | undefined;
  /** Earlier calls that brought news worth points. */
  newsCalls: number;
  /** Its first different calls, with their arguments: what tells its task. */
  readonly made: number[];
  /** Traits and values that its calls had. */
  readonly used: KeySet;
  /** Destination (31 bits) → decision in whose result it first stood. */
  readonly origins: RecentMap<number, string>;
  lastUs: number;
}

export const createSessionMemory = (): SessionMemory => ({
  calls: 0,
  tool: 0,
  effect: undefined,
  newsCalls: 0,
  made: [],
  used: new KeySet(USED_MAX, 'forget'),
  origins: new RecentMap(ORIGINS_MAX),
  lastUs: 0,
});

/** Remembers that a call was made. @returns false when it was before, or when there are more than are remembered. */
export function addMade(memory: SessionMemory, call: number): boolean {
  if (memory.made.length >= MADE_MAX || memory.made.includes(call)) return false;
  memory.made.push(call);
  return true;
}

/** Remembers where a destination came from, the first time. */
export function addOrigin(memory: SessionMemory, destination: number, decisionId: string): void {
  const index = destination & 0x7fffffff;
  if (memory.origins.size < ORIGINS_MAX && !memory.origins.has(index)) memory.origins.put(index, decisionId);
}

export const originOf = (memory: SessionMemory, destination: number): string | undefined => memory.origins.get(destination & 0x7fffffff);

const EFFECTS: readonly (Effect | undefined)[] = [undefined, 'read', 'write', 'destructive'];

export const memoryToState = (memory: SessionMemory): Json => [
  memory.calls,
  memory.tool,
  EFFECTS.indexOf(memory.effect),
  memory.newsCalls,
  [...memory.made],
  memory.used.snapshot(),
  memory.origins.entries().flat(),
  memory.lastUs,
];

/** @throws BelayError `corrupt` when the state is not one of {@link memoryToState}. */
export function stateToMemory(state: Json): SessionMemory {
  const [calls, tool, effect, newsCalls, made, used, origins, lastUs] = Array.isArray(state) ? state : [];
  const memory = createSessionMemory();
  memory.calls = Number(calls);
  memory.tool = Number(tool);
  memory.effect = EFFECTS[Number(effect)];
  memory.newsCalls = Number(newsCalls);
  if (Array.isArray(made)) memory.made.push(...made.map(Number));
  memory.used.restore(used ?? null);
  const pairs = Array.isArray(origins) ? origins : [];
  for (let at = 0; at + 1 < pairs.length; at += 2) memory.origins.put(Number(pairs[at]), String(pairs[at + 1]));
  memory.lastUs = Number(lastUs);
  return memory;
}
