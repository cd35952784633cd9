import type { DecisionEvent, Json } from '@belay/protocol';

const RUNS = 256;
/** 64 kB for all runs of an agent: 32 runs of 16,000 decisions, or 8 of the longest that are followed. */
const WORDS_MAX = 16_384;
const SEQ_MAX = 65_535;

interface RunMarks {
  /** Latest start among the run's decisions, agent's clock, µs. */
  latestStartUs: number;
  /** One bit for each `seq` seen. */
  bits: Uint32Array;
}

/**
 * Which decisions of an agent's last runs were seen, by run and `seq`: one bit each, so that a recording sent again long after its ids are
 * forgotten is still known. A decision that started after all others of its run is never a repeat, whatever its `seq` says: an agent that
 * numbers its decisions wrongly is judged all the same.
 */
export class RunSequences {
  readonly #runs = new Map<string, RunMarks>();
  /** Words of all runs together. */
  #words = 0;

  /** True when the decision was seen before; remembers it otherwise. Decisions without run or `seq`, and proposals, are never repeats. */
  isRepeat({ runId, seq, kind, startUs }: DecisionEvent): boolean {
    if (runId === undefined || seq === undefined || seq > SEQ_MAX || kind === 'proposal') return false;
    const run = this.#use(runId, startUs);
    const word = seq >>> 5;
    const bit = 1 << (seq & 31);
    if (word >= run.bits.length) this.#grow(run, word);
    const marked = ((run.bits[word] ?? 0) & bit) !== 0;
    if (marked && startUs <= run.latestStartUs) return true;
    run.bits[word] = (run.bits[word] ?? 0) | bit;
    run.latestStartUs = Math.max(run.latestStartUs, startUs);
    return false;
  }

  #use(runId: string, startUs: number): RunMarks {
    const known = this.#runs.get(runId);
    this.#runs.delete(runId);
    const run = known ?? { latestStartUs: startUs, bits: new Uint32Array(1) };
    this.#runs.set(runId, run);
    if (known === undefined) this.#words += run.bits.length;
    this.#forgetOldest();
    return run;
  }

  #grow(run: RunMarks, word: number): void {
    const bits = grown(run.bits, word);
    this.#words += bits.length - run.bits.length;
    run.bits = bits;
    this.#forgetOldest();
  }

  /** The newest run alone always fits. */
  #forgetOldest(): void {
    for (const [runId, { bits }] of this.#runs) {
      if (this.#runs.size <= RUNS && this.#words <= WORDS_MAX) return;
      this.#runs.delete(runId);
      this.#words -= bits.length;
    }
  }

  snapshot(): Json {
    return [...this.#runs].map(([runId, { latestStartUs, bits }]) => [
      runId,
      latestStartUs,
      Buffer.from(bits.buffer, bits.byteOffset, bits.byteLength).toString('base64'),
    ]);
  }

  restore(state: Json): void {
    for (const [runId, latestStartUs, packed] of state as readonly [string, number, string][]) {
      const bytes = Buffer.from(packed, 'base64');
      const bits = new Uint32Array(Math.max(1, Math.floor(bytes.byteLength / 4)));
      bytes.copy(new Uint8Array(bits.buffer));
      this.#runs.set(runId, { latestStartUs, bits });
      this.#words += bits.length;
    }
  }
}

function grown(bits: Uint32Array, word: number): Uint32Array {
  const larger = new Uint32Array(Math.max(word + 1, bits.length * 2));
  larger.set(bits);
  return larger;
}
