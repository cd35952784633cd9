import type { ConversationStep, Json } from '@belay/protocol';
import type { ConversationConfig } from './conversation-config.ts';

/** Messages of one direction that a new one is compared with. */
const RECENT_MAX = 8;
const EVIDENCE_MAX = 16;
/** Repeats this far apart are polls, as in `loop`: they take longer to be sure of. */
const POLL_GAP_US = 60_000_000;
/** What comes again after such a rest is a schedule, not a loop. */
const REST_US = 3_600_000_000;

interface Message {
  readonly digest: string;
  readonly sketch: string;
}

/** Hand-overs from one agent to another within a tree. */
export class Edge {
  readonly from: string;
  /** As the hand-over names it: id or name of the agent. */
  readonly to: string;
  /** Hand-overs in a row that repeat one of the messages before, to the letter or nearly. */
  identical = 0;
  similar = 0;
  /** Event times of the first and the last hand-over of the streak, µs. */
  sinceUs = 0;
  lastUs = 0;
  /** Decisions of the streak, newest last. */
  ids: readonly string[] = [];
  /** Loops that this edge was part of. */
  fired = 0;
  #recent: readonly Message[] = [];

  constructor(from: string, to: string) {
    this.from = from;
    this.to = to;
  }

  /** Takes a hand-over. @param similarBits sketches that differ in at most so many bits are alike. */
  take({ id, digest = '', sketch = '', endUs }: ConversationStep, similarBits: number): void {
    if (endUs - this.lastUs > REST_US) this.#begin();
    const isSame = digest !== '' && this.#recent.some((one) => one.digest === digest);
    const isAlike =
      isSame || (sketch !== '' && this.#recent.some((one) => one.sketch !== '' && bitsApart(one.sketch, sketch) <= similarBits));
    if (!isAlike) this.#calm();
    if (this.ids.length === 0) this.sinceUs = endUs;
    this.lastUs = Math.max(this.lastUs, endUs);
    this.similar++;
    this.identical = isSame ? Math.max(2, this.identical + 1) : isAlike ? this.identical : 1;
    this.ids = [...this.ids, id].slice(-EVIDENCE_MAX);
    this.#recent = [...this.#recent, { digest, sketch }].slice(-RECENT_MAX);
  }

  /** How this direction repeats itself; undefined while it does not. @param slack so many hand-overs fewer are enough. */
  repeats({ identical, similar }: ConversationConfig, slack: 0 | 1): 'same' | 'alike' | undefined {
    const isSame = this.identical >= this.similar;
    if (this.similar >= similar - slack) return isSame ? 'same' : 'alike';
    return this.identical >= identical - slack && !this.#isPoll() ? 'same' : undefined;
  }

  #isPoll(): boolean {
    return this.lastUs - this.sinceUs >= POLL_GAP_US * (this.similar - 1);
  }

  /** It was told to be part of a loop: what comes counts afresh. */
  told(): void {
    this.fired++;
    this.#begin();
  }

  #begin(): void {
    this.#calm();
    this.#recent = [];
  }

  #calm(): void {
    this.identical = 0;
    this.similar = 0;
    this.ids = [];
  }

  snapshot(): Json {
    const recent = this.#recent.map(({ digest, sketch }) => [digest, sketch]);
    return [this.from, this.to, this.identical, this.similar, this.sinceUs, this.lastUs, [...this.ids], this.fired, recent];
  }

  static restored(state: Json): Edge {
    const [from, to, identical, similar, sinceUs, lastUs, ids, fired, recent] = state as unknown as Packed;
    const edge = Object.assign(new Edge(from, to), { identical, similar, sinceUs, lastUs, ids, fired });
    edge.#recent = recent.map(([digest, sketch]) => ({ digest, sketch }));
    return edge;
  }
}

type Packed = [string, string, number, number, number, number, string[], number, [string, string][]];

/** Hamming distance of two 64-bit sketches, each 16 hex digits. */
function bitsApart(one: string, other: string): number {
  return bitsOf(half(one, 0) ^ half(other, 0)) + bitsOf(half(one, 8) ^ half(other, 8));
}

const half = (sketch: string, from: number): number => Number.parseInt(sketch.slice(from, from + 8), 16) | 0;

function bitsOf(word: number): number {
  let bits = 0;
  for (let left = word; left !== 0; left &= left - 1) bits++;
  return bits;
}
