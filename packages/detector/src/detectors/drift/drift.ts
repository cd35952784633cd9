import { BelayError, type DecisionEvent, type InputRecord, type Json } from '@belay/protocol';
import { BaseDetector, NOTHING } from '../base-detector.ts';
import { type DetectorType, defineDetector, type Finding, type Measure } from '../detector.ts';
import { Lineage } from '../lineage.ts';
import { ActionTable } from './action-table.ts';
import { type DriftConfig, driftConfigSchema } from './drift-config.ts';
import { driftFinding, type Standing } from './drift-finding.ts';
import { driftMeasures } from './drift-measures.ts';
import { OpenTasks } from './open-tasks.ts';
import { RunningMean } from './running-mean.ts';
import { Shift } from './shift.ts';
import { TaskEnds } from './task-ends.ts';
import { type DecisionFacts, decisionFacts, type TaskTally } from './task-tally.ts';
import { TaskTests } from './task-tests.ts';
import { UnusualTask, unusualTaskFinding } from './unusual-task.ts';

/** Of a task that is learned, at most this share of decisions may have been flagged. */
const FLAGGED_SHARE = 0.5;
const APPROVALS = { reference: 50, window: 50 };
const COST_TASKS = { reference: 40, window: 20 };

/** Lasting changes of what an agent's tasks are like (docs/detectors/drift.md). The work is done at the end of a task. */
class Drift extends BaseDetector {
  readonly #config: DriftConfig;
  readonly #tasks: OpenTasks;
  readonly #tests: TaskTests;
  readonly #actions = new ActionTable();
  readonly #approvals = new RunningMean(APPROVALS);
  readonly #cost = new RunningMean(COST_TASKS);
  readonly #unusual = new UnusualTask();
  readonly #lineage: Lineage;
  readonly #ends = new TaskEnds();
  readonly #shift = new Shift();
  /** Of the decision at hand: what it was, the tasks it ended, what they showed. */
  #what: DecisionFacts | undefined;
  #over: readonly TaskTally[] = [];
  #found: readonly Finding[] = NOTHING;

  constructor(config: DriftConfig) {
    super();
    this.#config = config;
    this.#tasks = new OpenTasks(config);
    this.#tests = new TaskTests(config);
    this.#lineage = new Lineage(config.newVersionDecisions);
  }

  override observe(event: DecisionEvent, atUs: number): void {
    this.#found = NOTHING;
    this.#what = decisionFacts(event);
    this.#lineage.observe(event);
    if (isAction(event)) this.#actions.observe(event, this.#what);
    this.#observeApproval();
    this.#over = this.#tasks.observe(event, this.#what, atUs);
    if (this.#over.length > 0) this.#judge(event, atUs);
  }

  override score(): readonly Finding[] {
    return this.#found;
  }

  override learn(event: DecisionEvent): void {
    if (this.#what === undefined) return;
    this.#tasks.approve();
    if (isAction(event)) this.#actions.learn(event, this.#what);
    if (this.#what.isApproved || this.#what.isRejected) this.#approvals.learn(this.#what.isRejected ? 1 : 0);
    for (const task of this.#over) {
      if (task.facts.flagged > FLAGGED_SHARE * task.facts.decisions) continue;
      this.#tests.learn(task);
      if (task.facts.costNanoUsd > 0) this.#cost.learn(task.facts.costNanoUsd / 1e9);
    }
    this.#over = [];
  }

  /** A person's word on the newest shift: the new level is expected, or the alarm was wrong, or neither after all. */
  override absorb(record: InputRecord): readonly Finding[] {
    if (record.record === 'feedback') this.#shift.absorb(record, this.#parts());
    return NOTHING;
  }

  measures(): readonly Measure[] {
    return driftMeasures({ ...this.#parts(), shift: this.#shift, width: this.#width() });
  }

  override learning(): { learned: number; needed: number } {
    const needed = this.#config.referenceTasks;
    return { learned: this.#tests.learned, needed };
  }

  override snapshot(): Json {
    return {
      tasks: this.#tasks.snapshot(),
      tests: this.#tests.snapshot(),
      actions: this.#actions.snapshot(),
      means: [this.#approvals.snapshot(), this.#cost.snapshot()],
      lineage: this.#lineage.snapshot(),
      unusual: this.#unusual.snapshot(),
      ends: this.#ends.snapshot(),
      shift: this.#shift.snapshot(),
    };
  }

  override restore(state: Json): void {
    if (typeof state !== 'object' || state === null || !('tests' in state))
      throw new BelayError('corrupt', 'A snapshot of the detector drift is not one; its state starts afresh.');
    const { tasks, tests, actions, means, lineage, unusual, ends, shift } = state as unknown as DriftState;
    this.#tasks.restore(tasks);
    this.#tests.restore(tests);
    this.#actions.restore(actions);
    this.#approvals.restore(means[0] ?? []);
    this.#cost.restore(means[1] ?? []);
    this.#lineage.restore(lineage);
    this.#unusual.restore(unusual);
    this.#ends.restore(ends);
    this.#shift.restore(shift);
  }

  #observeApproval(): void {
    if (this.#what?.isApproved || this.#what?.isRejected) this.#approvals.observe(this.#what.isRejected ? 1 : 0);
  }

  #judge(event: DecisionEvent, atUs: number): void {
    for (const task of this.#over) {
      this.#tests.push(task);
      if (task.facts.costNanoUsd > 0) this.#observeCost(event, task.facts.costNanoUsd / 1e9, atUs);
      this.#ends.add(event.id, atUs);
    }
    const [first, ...others] = this.#tests.standings(this.#width());
    if (first !== undefined && first.ratio >= 1) this.#alarm(event, first, others);
  }

  #observeCost(event: DecisionEvent, usd: number, atUs: number): void {
    this.#cost.observe(usd);
    const reading = this.#unusual.observe(usd, atUs);
    if (reading !== undefined) this.#found = [...this.#found, unusualTaskFinding(event, usd, { reading, tasks: this.#unusual.tasks })];
  }

  #alarm(event: DecisionEvent, first: Standing, others: readonly Standing[]): void {
    const { tasks } = first.series.departure();
    const { referenceVersion } = this.#shift;
    const finding = driftFinding(event, first, {
      others,
      referenceVersion,
      sinceUs: this.#ends.sinceUs(tasks),
      decisionIds: this.#ends.ids(tasks),
      action: this.#actions.mostChanged(),
      mixDistance: this.#actions.distance(),
    });
    const isKnown = this.#shift.take(first.metric.rule, tasks, this.#parts());
    this.#found = [...this.#found, { ...finding, cause: this.#shift.cause, ...(isKnown ? { severity: 'info' } : {}) }];
  }

  #width(): number {
    return this.#lineage.width(this.#config.newVersionFactor);
  }

  #parts(): { tests: TaskTests; actions: ActionTable; approvals: RunningMean; cost: RunningMean } {
    return { tests: this.#tests, actions: this.#actions, approvals: this.#approvals, cost: this.#cost };
  }
}

interface DriftState {
  readonly tasks: unknown;
  readonly tests: unknown;
  readonly actions: readonly unknown[];
  readonly means: readonly (readonly number[])[];
  readonly lineage: Json;
  readonly unusual: readonly (readonly number[])[];
  readonly ends: readonly (readonly unknown[])[];
  readonly shift: Json;
}

const isAction = ({ kind }: DecisionEvent): boolean => kind === 'tool' || kind === 'model' || kind === 'agent';

/** `drift`, as the registry knows it. */
export const driftDetector: DetectorType = defineDetector({
  id: 'drift',
  version: 1,
  stability: 'beta',
  probe: false,
  configSchema: driftConfigSchema,
  create: (config: DriftConfig) => new Drift(config),
});
