import type { DecisionEvent } from '@belay/protocol';
import type { Detector, DetectorDeps, DetectorType, Finding } from './detector.ts';

/** Streams that a detector is tried on. */
export interface ContractStreams {
  /** Decisions of a healthy agent: not one finding of warning or worse. */
  readonly clean: readonly DecisionEvent[];
  /** Decisions of an agent that does what the detector is there for. */
  readonly attack: readonly DecisionEvent[];
  /** The attack is found at the latest at this decision of `attack`, from 1. */
  readonly foundWithin: number;
}

/** One promise of every detector, as a check that throws when it is broken. */
export interface ContractCheck {
  readonly name: string;
  run(): void;
}

/** Largest snapshot of one agent after a hundred thousand decisions. */
const STATE_MAX_BYTES = 200_000;
const CUTS = 40;
/** An agent of which no fleet is known. */
const ALONE: DetectorDeps = { priorOf: () => ({ version: 0, has: () => false }) };

/**
 * The promises of the interface (docs/contracts.md §3.1), to be run on every registered type: deterministic, leaves its input alone, finite
 * scores, silent and honest while learning, robust, bounded, restorable at any point, silent on clean streams, awake on its own attack.
 */
export function detectorContract(type: DetectorType, streams: ContractStreams): readonly ContractCheck[] {
  const create = () => type.create(type.configSchema.parse({}), ALONE);
  const both = [...streams.clean, ...streams.attack];
  return [
    { name: 'says the same of the same records', run: () => same(findingsOf(create(), both), findingsOf(create(), both)) },
    { name: 'leaves its input as it was', run: () => void findingsOf(create(), both.map(deepFreeze)) },
    {
      name: 'scores between 0 and 1, with a sentence, evidence and a scope',
      run: () => findingsOf(create(), streams.attack).forEach(checkFinding),
    },
    { name: 'reads when it scores: asked twice, it says the same', run: () => checkPureScore(create(), streams.attack) },
    { name: 'reports what it has learned, never more than it needs', run: () => checkLearning(create(), streams.clean) },
    {
      name: 'does not throw when optional fields are missing or times go back',
      run: () => void findingsOf(create(), [...both.map(bare), ...[...both].reverse()]),
    },
    { name: 'is bounded after a hundred thousand decisions of one agent', run: () => checkBounded(create(), streams.attack) },
    { name: 'goes on the same after a restore at any point', run: () => checkRestore(create, streams.attack) },
    { name: 'is silent on a clean stream', run: () => same(severe(findingsOf(create(), streams.clean)), []) },
    { name: `finds its attack within ${streams.foundWithin} decisions`, run: () => checkFound(create(), streams) },
  ];
}

function step(detector: Detector, event: DecisionEvent, atUs: number): readonly Finding[] {
  const early = detector.advance(atUs);
  detector.observe(event, atUs);
  const found = [...early, ...detector.score(event, atUs)];
  if (severe(found).length === 0) detector.learn(event, atUs);
  return found;
}

function findingsOf(detector: Detector, events: readonly DecisionEvent[]): Finding[] {
  let atUs = Number.MIN_SAFE_INTEGER;
  return events.flatMap((event) => {
    atUs = Math.max(atUs, event.startUs + event.durationUs);
    return step(detector, event, atUs);
  });
}

const severe = (findings: readonly Finding[]): readonly Finding[] => findings.filter(({ severity }) => severity !== 'info');

function ensure(holds: boolean, what: string): void {
  if (!holds) throw new Error(`The detector breaks its contract: ${what}.`);
}

function same(actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  ensure(a === b, `${a.slice(0, 300)} is not ${b.slice(0, 300)}`);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const item of Object.values(Object.freeze(value))) deepFreeze(item);
  return value;
}

function checkFinding(finding: Finding): void {
  ensure(Number.isFinite(finding.score) && finding.score >= 0 && finding.score <= 1, `score ${finding.score}`);
  ensure(finding.explanation.length > 20 && finding.explanation.length <= 2048, `explanation "${finding.explanation}"`);
  ensure(finding.decisionIds.length > 0 && finding.decisionIds.length <= 64, `${finding.decisionIds.length} decisions as evidence`);
  ensure(
    Object.values(finding.facts).every((fact) => typeof fact === 'string' || Number.isFinite(fact)),
    'a fact is not finite',
  );
}

function checkPureScore(detector: Detector, events: readonly DecisionEvent[]): void {
  for (const event of events) {
    const atUs = event.startUs + event.durationUs;
    detector.observe(event, atUs);
    const before = JSON.stringify(detector.snapshot());
    same(detector.score(event, atUs), detector.score(event, atUs));
    same(JSON.stringify(detector.snapshot()), before);
  }
}

function checkLearning(detector: Detector, events: readonly DecisionEvent[]): void {
  for (const event of events) {
    step(detector, event, event.startUs + event.durationUs);
    const { learned, needed } = detector.learning();
    ensure(Number.isInteger(learned) && learned >= 0 && learned <= needed, `learned ${learned} of ${needed}`);
  }
}

/** Nothing but what the schema demands. */
function bare({ v, id, tenant, agent, kind, startUs, durationUs, receivedUs, source, trace }: DecisionEvent): DecisionEvent {
  return { v, id, tenant, agent: { id: agent.id }, kind, startUs, durationUs, receivedUs, source, trace };
}

function checkBounded(detector: Detector, events: readonly DecisionEvent[]): void {
  const [first] = events;
  if (first === undefined) throw new Error('An attack stream needs at least one decision.');
  for (let i = 0; i < 100_000; i++) {
    const event = events[i % events.length] ?? first;
    const startUs = first.startUs + i * 250_000;
    step(detector, { ...event, id: `${i}`, startUs, sessionId: `session-${i % 1_000}` }, startUs);
  }
  const size = JSON.stringify(detector.snapshot()).length;
  ensure(size <= STATE_MAX_BYTES, `its state has ${size} bytes`);
}

function checkRestore(create: () => Detector, events: readonly DecisionEvent[]): void {
  for (let cut = 0; cut <= events.length; cut += Math.max(1, Math.floor(events.length / CUTS))) {
    const original = create();
    findingsOf(original, events.slice(0, cut));
    const copy = create();
    copy.restore(JSON.parse(JSON.stringify(original.snapshot())));
    same(findingsOf(copy, events.slice(cut)), findingsOf(original, events.slice(cut)));
    same(copy.snapshot(), original.snapshot());
  }
}

function checkFound(detector: Detector, { attack, foundWithin }: ContractStreams): void {
  const at = attack.findIndex((event) => step(detector, event, event.startUs + event.durationUs).length > 0);
  ensure(at >= 0 && at < foundWithin, at < 0 ? 'its attack is not found' : `its attack is found at decision ${at + 1}`);
}
