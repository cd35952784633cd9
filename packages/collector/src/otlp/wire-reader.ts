import { Malformed } from './malformed.ts';

const GROUP_DEPTH_MAX = 64;
const TWO_32 = 4_294_967_296;

/** Cursor over protobuf wire bytes (protobuf.dev/programming-guides/encoding). Every method throws {@link Malformed} and nothing else. */
export class WireReader {
  readonly bytes: Buffer;
  position = 0;
  end: number;
  /** High 32 bits of the last {@link varint64} or {@link fixed64}. */
  high = 0;
  /** Low 32 bits, unsigned, of the same. */
  low = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** Next tag (field number × 8 + wire type), 0 at the end of the range. */
  tag(end: number): number {
    if (this.position >= end) return 0;
    const tag = this.varint32();
    if (tag >>> 3 === 0) throw new Malformed('field number 0');
    if (this.position > end) throw new Malformed('truncated tag');
    return tag;
  }

  varint32(): number {
    const byte = this.bytes[this.position];
    if (byte !== undefined && byte < 128 && this.position < this.end) {
      this.position += 1;
      return byte;
    }
    this.varint64();
    return this.low;
  }

  /** Leaves the value in `high` and `low`. */
  varint64(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else high |= (bits & 1) << 31;
      if (byte < 128) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw new Malformed('varint longer than 10 bytes');
  }

  /** Signed 64-bit integer as a number: exact up to 2^53, the nearest double beyond. */
  int64(): number {
    this.varint64();
    return (this.high | 0) * TWO_32 + this.low;
  }

  /** Leaves the value in `high` and `low`. */
  fixed64(): void {
    const at = this.position;
    if (at + 8 > this.end) throw new Malformed('truncated fixed64');
    this.low = this.bytes.readUInt32LE(at);
    this.high = this.bytes.readUInt32LE(at + 4);
    this.position = at + 8;
  }

  double(): number {
    if (this.position + 8 > this.end) throw new Malformed('truncated double');
    const value = this.bytes.readDoubleLE(this.position);
    this.position += 8;
    return value;
  }

  /** Reads the length of a length-delimited field and returns where it ends. */
  delimited(end: number): number {
    const length = this.varint32();
    const stop = this.position + length;
    if (stop > end) throw new Malformed(`field of ${length} bytes reaches beyond its message`);
    return stop;
  }

  text(stop: number): string {
    const start = this.position;
    this.position = stop;
    return start === stop ? '' : this.bytes.toString('utf8', start, stop);
  }

  hex(stop: number): string {
    const start = this.position;
    this.position = stop;
    return this.bytes.toString('hex', start, stop);
  }

  /** Passes over the field whose tag was just read. */
  skip(tag: number, end: number, depth = 0): void {
    switch (tag & 7) {
      case 0:
        this.varint64();
        break;
      case 1:
        this.position += 8;
        break;
      case 2:
        this.position = this.delimited(end);
        break;
      case 3:
        this.#skipGroup(tag >>> 3, end, depth + 1);
        break;
      case 5:
        this.position += 4;
        break;
      default:
        throw new Malformed(`wire type ${tag & 7} where a field begins`);
    }
    if (this.position > end) throw new Malformed('truncated field');
  }

  #skipGroup(field: number, end: number, depth: number): void {
    if (depth > GROUP_DEPTH_MAX) throw new Malformed('groups nested too deep');
    for (let tag = this.tag(end); tag !== 0; tag = this.tag(end)) {
      if ((tag & 7) === 4) {
        if (tag >>> 3 !== field) throw new Malformed('group ended by another field');
        return;
      }
      this.skip(tag, end, depth);
    }
    throw new Malformed('group without an end');
  }

  #byte(): number {
    const byte = this.position < this.end ? this.bytes[this.position] : undefined;
    if (byte === undefined) throw new Malformed('truncated varint');
    this.position += 1;
    return byte;
  }
}
