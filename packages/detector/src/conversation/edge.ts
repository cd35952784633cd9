import type { ConversationStep, Json } from '@belay/protocol';

/** Messages of one direction that a new one is compared with. */
const RECENT_MAX = 8;
const EVIDENCE_MAX = 32;

interface Message {
  readonly digest: string;
  readonly sketch: string;
}

/** Hand-overs from one agent to another within a tree. */
export class Edge {
  readonly from: string;
  readonly to: string;
  count = 0;
  /** Hand-overs in a row that repeat one of the messages before, to the letter or nearly. */
  identical = 0;
  similar = 0;
  /** Event time of the first hand-over of the streak, µs. */
  sinceUs = 0;
  /** Decisions of the streak, newest last. */
  ids: string[] = [];
  /** Times that this edge was found to be a loop. */
  fired = 0;
  #recent: Message[] = [];

  constructor(from: string, to: string) {
    this.from = from;
    this.to = to;
  }

  /** Takes a hand-over. @param similarBits sketches that differ in at most so many bits are alike. */
  take({ id, digest = '', sketch = '', endUs }: ConversationStep, similarBits: number): void {
    const isSame = digest !== '' && this.#recent.some((one) => one.digest === digest);
    const isAlike =
      isSame || (sketch !== '' && this.#recent.some((one) => one.sketch !== '' && bitsApart(one.sketch, sketch) <= similarBits));
    if (!isAlike) this.calm();
    if (this.ids.length === 0) this.sinceUs = endUs;
    this.count++;
    this.similar++;
    this.identical = isSame ? Math.max(2, this.identical + 1) : isAlike ? this.identical : 1;
    this.ids = [...this.ids, id].slice(-EVIDENCE_MAX);
    this.#recent = [...this.#recent, { digest, sketch }].slice(-RECENT_MAX);
  }

  /** The streak is over: the message was new, or the loop has been told. */
  calm(): void {
    this.identical = 0;
    this.similar = 0;
    this.ids = [];
  }

  snapshot(): Json {
    const recent = this.#recent.map(({ digest, sketch }) => [digest, sketch]);
    return [this.from, this.to, this.count, this.identical, this.similar, this.sinceUs, this.ids, this.fired, recent];
  }

  static restored(state: Json): Edge {
    const [from, to, count, identical, similar, sinceUs, ids, fired, recent] = state as unknown as Packed;
    const edge = Object.assign(new Edge(from, to), { count, identical, similar, sinceUs, ids: [...ids], fired });
    edge.#recent = recent.map(([digest, sketch]) => ({ digest, sketch }));
    return edge;
  }
}

type Packed = [string, string, number, number, number, number, string[], number, [string, string][]];

/** Hamming distance of two 64-bit sketches, each 16 hex digits. */
export function bitsApart(one: string, other: string): number {
  return bitsOf(half(one, 0) ^ half(other, 0)) + bitsOf(half(one, 8) ^ half(other, 8));
}

const half = (sketch: string, from: number): number => Number.parseInt(sketch.slice(from, from + 8), 16) | 0;

function bitsOf(word: number): number {
  let bits = 0;
  for (let left = word; left !== 0; left &= left - 1) bits++;
  return bits;
}
