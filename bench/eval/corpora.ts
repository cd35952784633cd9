/** A corpus of the evaluation folder, and how it is judged here. */
export interface Corpus {
  readonly id: string;
  /** What `--limit` of the converter counts, and how many of them `--quick` takes. */
  readonly quickLimit: number;
  /** Detectors scored on it; `any` = all of them together. */
  readonly detectors: readonly string[];
  /** List in the labels that holds the units, and the field by which a unit falls into half a or b. */
  readonly units: 'runs' | 'scenarios' | 'streams' | 'agents';
  readonly splitBy: string;
  /** Modes of the novelty reference (agentdojo only has two floors). */
  readonly floors: readonly string[];
}

const PLAIN = ['always'];

export const CORPORA: readonly Corpus[] = [
  { id: 'loops', quickLimit: 12, detectors: ['loop'], units: 'scenarios', splitBy: 'scenario', floors: PLAIN },
  { id: 'tau', quickLimit: 30, detectors: ['loop', 'novel_endpoint', 'any'], units: 'runs', splitBy: 'run_id', floors: PLAIN },
  { id: 'react', quickLimit: 80, detectors: ['loop'], units: 'runs', splitBy: 'run_id', floors: PLAIN },
  { id: 'whowhen', quickLimit: 20, detectors: ['loop', 'conversation_loop'], units: 'runs', splitBy: 'run_id', floors: PLAIN },
  {
    id: 'swe',
    quickLimit: 20,
    detectors: ['spend_rate', 'loop', 'novel_endpoint', 'any'],
    units: 'runs',
    splitBy: 'run_id',
    floors: PLAIN,
  },
  { id: 'drift', quickLimit: 4, detectors: ['drift'], units: 'streams', splitBy: 'agent_id', floors: PLAIN },
  {
    id: 'agentdojo',
    quickLimit: 4,
    detectors: ['novel_endpoint', 'loop'],
    units: 'runs',
    splitBy: 'agent_id',
    floors: ['always', 'quiet'],
  },
  { id: 'spend', quickLimit: 1_000, detectors: ['spend_rate'], units: 'agents', splitBy: 'agent_id', floors: PLAIN },
];
