/** A message as kafkajs hands it to its encoder. */
interface WireMessage {
  readonly key?: unknown;
  readonly value?: unknown;
  readonly timestamp?: unknown;
  readonly headers?: unknown;
}

/** What kafkajs encodes as a Produce request of version 3 and later. */
export interface ProduceInput {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null | undefined;
  readonly producerId?: unknown;
  readonly producerEpoch?: number | undefined;
  readonly compression?: number | undefined;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number | undefined;
      readonly messages: readonly WireMessage[];
    }[];
  }[];
}

/** Compresses records; given none, they go as they are. */
export type Compress = (records: Buffer) => Promise<Buffer>;
export type Checksum = (bytes: Uint8Array) => number;

interface PlainMessage {
  readonly key: string;
  readonly value: Buffer | null;
  readonly timestamp: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const MILLIS: RegExp = /^[1-9]\d{12}$/;
const DELTA_MAX = 2 ** 29;

/**
 * Whether {@link encodeProduce} knows the form of a request: one partition, messages with a text key, bytes or no value, text headers, and times of this
 * age. Anything else is for kafkajs.
 */
export function isPlainProduce({ topicData }: ProduceInput): boolean {
  const partitions = topicData[0]?.partitions;
  const messages = partitions?.[0]?.messages;
  if (topicData.length !== 1 || partitions?.length !== 1 || messages === undefined) return false;
  return messages.length > 0 && messages.every(isPlain) && spreadOf(messages as readonly PlainMessage[]).delta < DELTA_MAX;
}

function isPlain({ key, value, timestamp, headers }: WireMessage): boolean {
  if (typeof key !== 'string' || !(value === null || Buffer.isBuffer(value))) return false;
  if (typeof timestamp !== 'string' || !MILLIS.test(timestamp)) return false;
  if (headers === undefined) return true;
  return typeof headers === 'object' && headers !== null && Object.values(headers).every((header) => typeof header === 'string');
}

/**
 * The body of a Produce request (kafka.apache.org/protocol, version 3; record batch of magic 2), byte for byte as kafkajs writes it. kafkajs makes a
 * buffer for each header, record, batch, partition and topic, and copies each into the next: about ten times the bytes of the request.
 * @param input for which {@link isPlainProduce} holds.
 */
export async function encodeProduce(input: ProduceInput, checksum: Checksum, compress?: Compress): Promise<Buffer> {
  const topic = input.topicData[0];
  const entry = topic?.partitions[0];
  if (topic === undefined || entry === undefined) throw new TypeError('A produce request without a partition.');
  const messages = entry.messages as readonly PlainMessage[];
  const { first, last } = spreadOf(messages);
  const plain = encodeRecords(messages, Number(first));
  const records = compress === undefined ? plain : await compress(plain);
  const batch = BATCH_HEADER_BYTES + records.length;
  const body = Buffer.allocUnsafe(envelopeBytes(input, topic.topic) + batch);
  const at = writeEnvelope(body, input, { topic: topic.topic, partition: entry.partition, batch });
  // Base offset, batch length, leader epoch and magic stand before the checksum, everything else is under it.
  body.writeBigInt64BE(0n, at);
  body.writeInt32BE(BATCH_HEADER_BYTES - 12 + records.length, at + 8);
  body.writeInt32BE(0, at + 12);
  body.writeInt8(2, at + 16);
  body.writeInt16BE((input.compression ?? 0) | (input.transactionalId ? TRANSACTIONAL : 0), at + 21);
  body.writeInt32BE(messages.length - 1, at + 23);
  body.writeBigInt64BE(BigInt(first), at + 27);
  body.writeBigInt64BE(BigInt(last), at + 35);
  body.writeBigInt64BE(BigInt(String(input.producerId ?? -1)), at + 43);
  body.writeInt16BE(input.producerEpoch ?? 0, at + 51);
  body.writeInt32BE(entry.firstSequence ?? 0, at + 53);
  body.writeInt32BE(messages.length, at + 57);
  records.copy(body, at + BATCH_HEADER_BYTES);
  body.writeUInt32BE(checksum(body.subarray(at + CHECKED_FROM)), at + 17);
  return body;
}

const BATCH_HEADER_BYTES = 61;
const CHECKED_FROM = 21;
/** The fifth lowest bit of a batch's attributes. */
const TRANSACTIONAL = 16;
/** Length of the transactional id 2, acks 2, time-out 4, topics 4, length of the name 2, partitions 4, partition 4, length of the records 4. */
const ENVELOPE_BYTES = 26;

interface Envelope {
  readonly topic: string;
  readonly partition: number;
  readonly batch: number;
}

const envelopeBytes = ({ transactionalId }: ProduceInput, topic: string): number =>
  ENVELOPE_BYTES + Buffer.byteLength(transactionalId ?? '') + Buffer.byteLength(topic);

/** @returns where the batch begins. */
function writeEnvelope(body: Buffer, { transactionalId, acks, timeout }: ProduceInput, { topic, partition, batch }: Envelope): number {
  let at = body.writeInt16BE(transactionalId == null ? -1 : Buffer.byteLength(transactionalId), 0);
  at += body.write(transactionalId ?? '', at);
  at = body.writeInt16BE(acks, at);
  at = body.writeInt32BE(timeout, at);
  at = body.writeInt32BE(1, at);
  at = body.writeInt16BE(Buffer.byteLength(topic), at);
  at += body.write(topic, at);
  at = body.writeInt32BE(1, at);
  at = body.writeInt32BE(partition, at);
  return body.writeInt32BE(batch, at);
}

/** Earliest and latest time. All have thirteen digits, so the order of texts is that of numbers. */
function spreadOf(messages: readonly PlainMessage[]): { first: string; last: string; delta: number } {
  let first = messages[0]?.timestamp ?? '';
  let last = first;
  for (const { timestamp } of messages) {
    if (timestamp < first) first = timestamp;
    if (timestamp > last) last = timestamp;
  }
  return { first, last, delta: Number(last) - Number(first) };
}

/** Bytes of a number ≥ 0 as a zigzag varint. */
const varintBytes = (value: number): number => (value < 64 ? 1 : value < 8_192 ? 2 : value < 1_048_576 ? 3 : value < 134_217_728 ? 4 : 5);
const lengthBytes = (length: number): number => (length < 0 ? 1 : varintBytes(length) + length);

function encodeRecords(messages: readonly PlainMessage[], firstMs: number): Buffer {
  const sizes: number[] = [];
  let total = 0;
  for (const [offset, message] of messages.entries()) {
    const size = recordBytes(message, offset, Number(message.timestamp) - firstMs);
    sizes.push(size);
    total += varintBytes(size) + size;
  }
  const records = Buffer.allocUnsafe(total);
  let at = 0;
  for (const [offset, message] of messages.entries()) {
    at = writeVarint(records, at, sizes[offset] ?? 0);
    records[at] = 0;
    at = writeVarint(records, at + 1, Number(message.timestamp) - firstMs);
    at = writeVarint(records, at, offset);
    at = writeMessage(records, at, message);
  }
  return records;
}

function recordBytes({ key, value, headers }: PlainMessage, offset: number, delta: number): number {
  let bytes = 1 + varintBytes(delta) + varintBytes(offset) + lengthBytes(Buffer.byteLength(key)) + lengthBytes(value?.length ?? -1);
  let count = 0;
  for (const [name, header] of Object.entries(headers ?? {})) {
    bytes += lengthBytes(Buffer.byteLength(name)) + lengthBytes(Buffer.byteLength(header));
    count += 1;
  }
  return bytes + varintBytes(count);
}

function writeMessage(into: Buffer, start: number, { key, value, headers }: PlainMessage): number {
  let at = writeText(into, start, key);
  if (value === null) into[at++] = 1;
  else {
    at = writeVarint(into, at, value.length);
    at += value.copy(into, at);
  }
  const entries = Object.entries(headers ?? {});
  at = writeVarint(into, at, entries.length);
  for (const [name, header] of entries) at = writeText(into, writeText(into, at, name), header);
  return at;
}

function writeText(into: Buffer, start: number, text: string): number {
  const at = writeVarint(into, start, Buffer.byteLength(text));
  return at + into.write(text, at);
}

/** A number ≥ 0 in zigzag; returns where the next byte goes. */
function writeVarint(into: Buffer, start: number, value: number): number {
  let rest = value * 2;
  let at = start;
  while (rest > 127) {
    into[at++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  into[at++] = rest;
  return at;
}
