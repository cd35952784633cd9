import type { ConversationStep, Json } from '@belay/protocol';
import { SeenIds } from '../pipeline/seen-ids.ts';
import { CoolDown } from '../respond/cool-down.ts';
import { Edge } from './edge.ts';
import { SessionDepths } from './session-depths.ts';

const MEMBERS_MAX = 32;
const EDGES_MAX = 64;
const HANDED_MAX = 256;
const TIMES_MAX = 512;
const MINUTE_US = 60_000_000;
const SEEN_IDS = 512;

/** A session of an agent in the tree, as its newest step had it. */
export type Member = ConversationStep;

/** Everything known about one tree of agents, bounded. */
export class Tree {
  readonly seen = new SeenIds(SEEN_IDS);
  readonly coolDown: CoolDown;
  readonly depths = new SessionDepths();
  /** By agent and session, least recently active first. */
  members = new Map<string, Member>();
  edges = new Map<string, Edge>();
  rootAgentId = '';
  spentNanoUsd = 0;
  handovers = 0;
  /** Most hand-overs within one minute so far. */
  peakPerMinute = 0;
  lastUs = Number.MIN_SAFE_INTEGER;
  #handed = new Set<string>();
  #times: number[] = [];

  constructor(coolDownUs: number) {
    this.coolDown = new CoolDown(coolDownUs);
  }

  /** Takes a step in. @returns the edge it is a hand-over on, undefined when it hands nothing over or its hand-over is known already. */
  take(step: ConversationStep, similarBits: number): Edge | undefined {
    this.lastUs = Math.max(this.lastUs, step.endUs);
    this.spentNanoUsd += step.costNanoUsd;
    if (step.sessionId === step.rootSessionId) this.rootAgentId = step.agentId;
    remember(this.members, `${step.agentId}|${step.sessionId ?? ''}`, step, MEMBERS_MAX);
    this.depths.enter(step);
    if (step.peer === undefined || !this.#isNew(step)) return undefined;
    this.handovers++;
    this.depths.hand(step, step.peer);
    this.#count();
    const key = `${step.agentId}>${step.peer}`;
    const edge = this.edges.get(key) ?? new Edge(step.agentId, step.peer);
    remember(this.edges, key, edge, EDGES_MAX);
    edge.take(step, similarBits);
    return edge;
  }

  get perMinute(): number {
    return this.#times.length;
  }

  /** True when work that goes along the edge comes back to where it started. */
  isOnCycle({ from, to }: Edge): boolean {
    const reached = new Set([to]);
    for (const agent of reached) {
      if (agent === from) return true;
      for (const edge of this.edges.values()) if (edge.from === agent) reached.add(edge.to);
    }
    return false;
  }

  snapshot(): Json {
    return {
      seen: this.seen.snapshot(),
      causes: this.coolDown.snapshot(),
      depths: this.depths.snapshot(),
      members: [...this.members.values()] as unknown as Json,
      edges: [...this.edges.values()].map((edge) => edge.snapshot()),
      numbers: [this.rootAgentId, this.spentNanoUsd, this.handovers, this.peakPerMinute, this.lastUs],
      handed: [...this.#handed],
      times: this.#times,
    };
  }

  restore(state: Json): void {
    const packed = state as unknown as PackedTree;
    this.seen.restore(packed.seen);
    this.coolDown.restore(packed.causes);
    this.depths.restore(packed.depths);
    this.members = new Map(packed.members.map((step) => [`${step.agentId}|${step.sessionId ?? ''}`, step]));
    this.edges = new Map(packed.edges.map(Edge.restored).map((edge) => [`${edge.from}>${edge.to}`, edge]));
    [this.rootAgentId, this.spentNanoUsd, this.handovers, this.peakPerMinute, this.lastUs] = packed.numbers;
    this.#handed = new Set(packed.handed);
    this.#times = packed.times;
  }

  /** A proposal and the action it announces are one hand-over: they share run and number. */
  #isNew({ runId, seq, id }: ConversationStep): boolean {
    const key = runId === undefined || seq === undefined ? id : `${runId}:${seq}`;
    if (this.#handed.has(key)) return false;
    this.#handed.add(key);
    const oldest = this.#handed.values().next().value;
    if (this.#handed.size > HANDED_MAX && oldest !== undefined) this.#handed.delete(oldest);
    return true;
  }

  #count(): void {
    this.#times = [...this.#times.filter((us) => us > this.lastUs - MINUTE_US), this.lastUs].slice(-TIMES_MAX);
    this.peakPerMinute = Math.max(this.peakPerMinute, this.#times.length);
  }
}

interface PackedTree {
  readonly seen: { next: number; marks: string };
  readonly causes: Json;
  readonly depths: Json;
  readonly members: Member[];
  readonly edges: Json[];
  readonly numbers: [string, number, number, number, number];
  readonly handed: string[];
  readonly times: number[];
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
