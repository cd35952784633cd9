import type { DecisionEvent, InputRecord } from '@belay/protocol';
import type { Detector, DetectorDeps, DetectorType, Finding } from './detector.ts';

type Item = DecisionEvent | InputRecord;

/** Streams that a detector is tried on: decisions, and records where it lives on those. */
export interface ContractStreams {
  /** Decisions of a healthy agent: not one finding of warning or worse. */
  readonly clean: readonly Item[];
  /** Decisions of an agent that does what the detector is there for. */
  readonly attack: readonly Item[];
  /** The attack is found at the latest at this item of `attack`, from 1. */
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

const timeOf = (item: Item): number => ('record' in item ? item.atUs : item.startUs + item.durationUs);

function step(detector: Detector, item: Item, atUs: number): readonly Finding[] {
  if ('record' in item) return detector.absorb(item);
  detector.observe(item, atUs);
  const found = detector.score(item, atUs);
  if (severe(found).length === 0) detector.learn(item, atUs);
  return found;
}

function findingsOf(detector: Detector, items: readonly Item[]): Finding[] {
  let atUs = Number.MIN_SAFE_INTEGER;
  return items.flatMap((item) => {
    if (!('record' in item)) atUs = Math.max(atUs, timeOf(item));
    return step(detector, item, atUs);
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
  const least = finding.subject.kind === 'decision' ? 1 : 0;
  ensure(finding.decisionIds.length >= least && finding.decisionIds.length <= 64, `${finding.decisionIds.length} decisions as evidence`);
  ensure(
    Object.values(finding.facts).every((fact) => typeof fact === 'string' || Number.isFinite(fact)),
    'a fact is not finite',
  );
}

function checkPureScore(detector: Detector, items: readonly Item[]): void {
  for (const item of items) {
    if ('record' in item) {
      detector.absorb(item);
      continue;
    }
    const atUs = timeOf(item);
    detector.observe(item, atUs);
    const before = JSON.stringify(detector.snapshot());
    same(detector.score(item, atUs), detector.score(item, atUs));
    same(JSON.stringify(detector.snapshot()), before);
  }
}

function checkLearning(detector: Detector, items: readonly Item[]): void {
  for (const item of items) {
    step(detector, item, timeOf(item));
    const { learned, needed } = detector.learning();
    ensure(Number.isInteger(learned) && learned >= 0 && learned <= needed, `learned ${learned} of ${needed}`);
  }
}

/** Nothing but what the schema demands. */
function bare(item: Item): Item {
  if ('record' in item) return item;
  const { v, id, tenant, agent, kind, startUs, durationUs, receivedUs, source, trace } = item;
  return { v, id, tenant, agent: { id: agent.id }, kind, startUs, durationUs, receivedUs, source, trace };
}

function checkBounded(detector: Detector, items: readonly Item[]): void {
  const [first] = items;
  if (first === undefined) throw new Error('An attack stream needs at least one item.');
  for (let i = 0; i < 100_000; i++) {
    const startUs = timeOf(first) + i * 250_000;
    step(detector, another(items[i % items.length] ?? first, i, startUs), startUs);
  }
  const size = JSON.stringify(detector.snapshot()).length;
  ensure(size <= STATE_MAX_BYTES, `its state has ${size} bytes`);
}

/** The same item under new names, later: sessions and runs of an agent come and go. */
function another(item: Item, i: number, startUs: number): Item {
  if (!('record' in item)) return { ...item, id: `${i}`, startUs, sessionId: `session-${i % 1_000}`, runId: `run-${i % 1_000}` };
  return { ...item, id: `${i}`, atUs: startUs, ...('runId' in item ? { runId: `run-${i % 1_000}` } : {}) } as InputRecord;
}

function checkRestore(create: () => Detector, events: readonly Item[]): void {
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
  const at = attack.findIndex((item) => step(detector, item, timeOf(item)).length > 0);
  ensure(at >= 0 && at < foundWithin, at < 0 ? 'its attack is not found' : `its attack is found at decision ${at + 1}`);
}
