import type { ConversationStep, Json } from '@belay/protocol';
import { SeenIds } from '../pipeline/seen-ids.ts';
import { CoolDown } from '../respond/cool-down.ts';
import { fingerprint } from '../stats/fingerprint.ts';
import { Edge } from './edge.ts';
import { HandoverRate } from './handover-rate.ts';
import { type Member, memberKey, memberOf } from './member.ts';
import { SessionDepths } from './session-depths.ts';
import { ToldMembers } from './told-members.ts';

const MEMBERS_MAX = 64;
const EDGES_MAX = 64;
const HANDED_MAX = 256;
/** More than a checkpoint of the pipeline of agents leaves to be written again for one tree. */
const SEEN_IDS = 2_048;

/** Everything known about one tree of agents, bounded. */
export class Tree {
  readonly seen = new SeenIds(SEEN_IDS);
  readonly coolDown: CoolDown;
  readonly told = new ToldMembers();
  readonly depths = new SessionDepths();
  readonly rate = new HandoverRate();
  /** By agent and session, least recently active first. */
  members = new Map<string, Member>();
  edges = new Map<string, Edge>();
  /** The agent of the root session; before it is seen, the first agent of the tree that acted: some roots never report. */
  leadAgentId = '';
  spentNanoUsd = 0;
  handovers = 0;
  lastUs = Number.MIN_SAFE_INTEGER;
  #isRootKnown = false;
  /** Hand-overs whose proposal or action is still to come, by agent, run and number; true = the proposal was seen. */
  #handed = new Map<number, boolean>();

  constructor(coolDownUs: number) {
    this.coolDown = new CoolDown(coolDownUs);
  }

  /** Takes a step in. @returns the edge it is a hand-over on, undefined when it hands nothing over or its hand-over is known already. */
  take(step: ConversationStep, similarBits: number): Edge | undefined {
    this.lastUs = Math.max(this.lastUs, step.endUs);
    this.spentNanoUsd += step.costNanoUsd;
    this.#lead(step);
    this.#release(step);
    remember(this.members, memberKey(step), memberOf(step), MEMBERS_MAX);
    this.depths.enter(step);
    if (step.peer === undefined || !this.#isNew(step)) return undefined;
    this.handovers++;
    this.depths.hand(step, step.peer);
    this.rate.count(this.lastUs);
    const key = edgeKey(step.agentId, step.peer);
    const edge = this.edges.get(key) ?? new Edge(step.agentId, step.peer);
    remember(this.edges, key, edge, EDGES_MAX);
    edge.take(step, similarBits);
    return edge;
  }

  /** Id of the agent that a hand-over names, by id or by name. */
  idOf(named: string): string {
    let id: string | undefined;
    for (const { agentId, agentName } of this.members.values()) {
      if (agentId === named) return named;
      if (agentName === named) id = agentId;
    }
    return id ?? named;
  }

  snapshot(): Json {
    return {
      seen: this.seen.snapshot(),
      causes: this.coolDown.snapshot(),
      told: this.told.snapshot(),
      depths: this.depths.snapshot(),
      rate: this.rate.snapshot(),
      members: [...this.members.values()] as unknown as Json,
      edges: [...this.edges.values()].map((edge) => edge.snapshot()),
      numbers: [this.leadAgentId, this.#isRootKnown, this.spentNanoUsd, this.handovers, this.lastUs],
      handed: [...this.#handed].map(([key, isProposal]) => [key, isProposal]),
    };
  }

  restore(state: Json): void {
    const packed = state as unknown as PackedTree;
    this.seen.restore(packed.seen);
    this.coolDown.restore(packed.causes);
    this.told.restore(packed.told);
    this.depths.restore(packed.depths);
    this.rate.restore(packed.rate);
    this.members = new Map(packed.members.map((member) => [memberKey(member), member]));
    this.edges = new Map(packed.edges.map(Edge.restored).map((edge) => [edgeKey(edge.from, edge.to), edge]));
    [this.leadAgentId, this.#isRootKnown, this.spentNanoUsd, this.handovers, this.lastUs] = packed.numbers;
    this.#handed = new Map(packed.handed);
  }

  #lead({ agentId, sessionId, rootSessionId }: ConversationStep): void {
    const isRoot = sessionId === rootSessionId;
    if (this.#isRootKnown || (this.leadAgentId !== '' && !isRoot)) return;
    this.leadAgentId = agentId;
    this.#isRootKnown = isRoot;
  }

  /** A hold that was lifted after the last answer: every cause may be answered again at once. */
  #release({ releasedUs }: ConversationStep): void {
    if (releasedUs === undefined || releasedUs <= this.told.lastUs) return;
    this.coolDown.rearm();
    this.told.forget();
  }

  /**
   * A proposal and the action it announces are one hand-over: they share agent, run and number. One proposal takes up one action only, so that an
   * agent that numbers wrongly is counted all the same.
   */
  #isNew({ agentId, runId, seq, kind }: ConversationStep): boolean {
    if (runId === undefined || seq === undefined) return true;
    const key = fingerprint(JSON.stringify([agentId, runId, seq]));
    const isProposal = kind === 'proposal';
    const other = this.#handed.get(key);
    this.#handed.delete(key);
    if (other === !isProposal) return false;
    remember(this.#handed, key, isProposal, HANDED_MAX);
    return true;
  }
}

interface PackedTree {
  readonly seen: { next: number; marks: string };
  readonly causes: Json;
  readonly told: Json;
  readonly depths: Json;
  readonly rate: Json;
  readonly members: Member[];
  readonly edges: Json[];
  readonly numbers: [string, boolean, number, number, number];
  readonly handed: [number, boolean][];
}

const edgeKey = (from: string, to: string): string => JSON.stringify([from, to]);

function remember<Key, Value>(map: Map<Key, Value>, key: Key, value: Value, most: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
