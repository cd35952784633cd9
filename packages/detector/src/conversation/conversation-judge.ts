import { bytesOfLine, deadLetter, type LogMessage, linesOf, type OutgoingMessage } from '@belay/bus';
import { type Anomaly, agentKey, type ConversationStep, decodeConversationStep, type Json } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import { anomalyToMessage } from '../pipeline/anomaly-to-message.ts';
import { type Cut, KeyedState } from '../pipeline/keyed-state.ts';
import type { PartitionJudge } from '../pipeline/partition-judge.ts';
import type { Processed } from '../pipeline/process-message.ts';
import { answerTree } from './answer-tree.ts';
import type { ConversationConfig } from './conversation-config.ts';
import { CONVERSATION_DETECTOR } from './conversation-detector.ts';
import { Tree } from './tree.ts';
import { treeMatches } from './tree-rules.ts';
import { WorkflowHabit } from './workflow-habit.ts';

/** A young tree of two agents takes about 2 kB, an old one 31 kB, the largest that was forged 135 kB. */
const TREE_LIMITS = { hot: 2_000, packed: 10_000 };
const WORKFLOW_LIMITS = { hot: 1_000, packed: 10_000 };
const WORKFLOW = 'workflow ';
const TREE = 'tree ';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** From steps to anomalies, for the trees of one partition. The same steps in the same order give the same findings. */
export class ConversationJudge implements PartitionJudge {
  readonly #config: DetectorConfig;
  readonly #own: ConversationConfig;
  readonly #trees: KeyedState<Tree>;
  readonly #workflows: KeyedState<WorkflowHabit>;
  #corrupt = 0;

  constructor(config: DetectorConfig) {
    this.#config = config;
    this.#own = config.detectors[CONVERSATION_DETECTOR.id] as ConversationConfig;
    this.#trees = stateOf(
      () => new Tree(config.coolDownSeconds * 1e6),
      TREE_LIMITS,
      () => void this.#corrupt++,
    );
    this.#workflows = stateOf(
      () => new WorkflowHabit(),
      WORKFLOW_LIMITS,
      () => void this.#corrupt++,
    );
  }

  /** Snapshots that could not be read; what they held starts afresh. */
  get corrupt(): number {
    return this.#corrupt;
  }

  push(step: ConversationStep, nowUs: number): readonly Anomaly[] {
    const key = agentKey(step.tenant, step.rootSessionId);
    const tree = this.#trees.use(`${TREE}${key}`);
    if (!tree.seen.add(`${step.id}${step.kind}`)) return [];
    const edge = tree.take(step, this.#own.similarBits);
    if (step.kind === 'session_end') return [];
    const habit = this.#workflows.use(`${WORKFLOW}${agentKey(step.tenant, tree.leadAgentId)}`);
    const matches = treeMatches(step, { tree, edge, habit, config: this.#own });
    const { rate, spentNanoUsd, lastUs } = tree;
    if (matches.length === 0) habit.note(step.rootSessionId, { peakPerMinute: rate.peak, spentNanoUsd, lastUs });
    const anomalies = matches.flatMap((match) => answerTree(step, match, { tree, config: this.#config, nowUs }));
    for (const used of matches.flatMap(({ edges }) => edges)) used.told();
    return anomalies;
  }

  process(message: LogMessage, nowUs: number): Processed {
    const anomalies: Anomaly[] = [];
    const letters: OutgoingMessage[] = [];
    const lines = linesOf(message);
    for (const line of lines) {
      const judged = this.#judgeLine(line.text, nowUs);
      if ('anomalies' in judged) anomalies.push(...judged.anomalies);
      else letters.push(deadLetter(message, line.index, bytesOfLine(message, line), { reason: judged.reason, timestampUs: nowUs }));
    }
    const outgoing = [...anomalies.map(anomalyToMessage), ...letters];
    return { anomalies, outgoing, isUrgent: anomalies.length > 0, lines: lines.length, malformed: letters.length };
  }

  /** One step must not end the watch over all trees, again at each restart. */
  #judgeLine(text: string, nowUs: number): { readonly anomalies: readonly Anomaly[] } | { readonly reason: string } {
    const decoded = decodeConversationStep(text);
    if ('malformed' in decoded) return { reason: decoded.malformed };
    try {
      return { anomalies: this.push(decoded.value, nowUs) };
    } catch (error) {
      return { reason: `conversation_loop failed at this step: ${error instanceof Error ? error.message : String(error)}` };
    }
  }

  cut(): Cut {
    const cuts = [this.#trees.cut(), this.#workflows.cut()];
    return {
      pack: (most) => cuts.every((cut) => cut.pack(most)),
      changes: () => cuts.flatMap((cut) => cut.changes()),
      revert: () => {
        for (const cut of cuts) cut.revert();
      },
    };
  }

  restore(snapshots: ReadonlyMap<string, Uint8Array>): void {
    for (const [key, bytes] of snapshots) (key.startsWith(WORKFLOW) ? this.#workflows : this.#trees).load(key, bytes);
  }
}

interface Restorable {
  snapshot(): Json;
  restore(state: Json): void;
}

const stateOf = <Value extends Restorable>(
  create: () => Value,
  limits: { readonly hot: number; readonly packed: number },
  onCorrupt: () => void,
): KeyedState<Value> =>
  new KeyedState(
    {
      create,
      pack: (value) => encoder.encode(JSON.stringify(value.snapshot())),
      unpack: (_key, bytes) => {
        try {
          const value = create();
          value.restore(JSON.parse(decoder.decode(bytes)) as Json);
          return value;
        } catch {
          onCorrupt();
          return create();
        }
      },
    },
    limits,
  );
