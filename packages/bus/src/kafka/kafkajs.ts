import { createRequire } from 'node:module';
import type * as Kafkajs from 'kafkajs';
import { encodeProduce, isPlainProduce, type ProduceInput } from './produce-request.ts';

/*
 * The only place that reaches into kafkajs (2.2.4, exact pin; unmaintained, so its inside stays where it is). Five repairs, each with a fall-back:
 *  1. CRC32C of each record batch is computed in JavaScript, 38 % of a producer's CPU time: a native one takes its place. kafkajs binds the function
 *     when its own modules are loaded, so the module's exports are exchanged before. Fall-back: the JavaScript one.
 *  2. Each request queue wakes up every millisecond, also when nothing waits, with a negative time-out that Node 24 warns of
 *     (TimeoutNegativeWarning): the check is scheduled only when something waits. Fall-back: as it was.
 *  3. A buffer that grows is zeroed although only what is written to it is ever read: it need not be. Fall-back: as it was.
 *  4. A Produce request is copied from buffer to buffer about ten times while it is put together: requests as we send them are written once
 *     (produce-request.ts). Fall-back: the encoder of kafkajs, which also takes every request of another form.
 *  5. A send sorts its messages by partition and copies the list of those before for each: a thousand messages cost half a million copies. A list per
 *     partition grows instead. Fall-back: as it was.
 */
const require = createRequire(import.meta.url);
const CRC32C_MODULE = 'kafkajs/src/protocol/recordBatch/crc32C';
const ENCODER_MODULE = 'kafkajs/src/protocol/encoder';
const PRODUCE_MODULE = 'kafkajs/src/protocol/requests/produce/v3/request';
const GROUPING_MODULE = 'kafkajs/src/producer/groupMessagesPerPartition';
const COMPRESSION_MODULE = 'kafkajs/src/protocol/message/compression';
const QUEUE_MODULE = 'kafkajs/src/network/requestQueue';
/** CRC32C of "123456789", the check value of the algorithm's catalogue entry. */
const CRC32C_CHECK = 0xe3069283;

/** What of the repairs took hold. */
export interface KafkajsRepairs {
  readonly crc32c: 'native' | 'javascript';
  readonly idleTimers: boolean;
  readonly growingBuffers: boolean;
  readonly produceRequests: boolean;
  readonly grouping: boolean;
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

function useNativeCrc32c(): 'native' | 'javascript' {
  try {
    const { crc32c } = require('@node-rs/crc32') as { crc32c(bytes: Uint8Array): number };
    if (crc32c(Buffer.from('123456789')) !== CRC32C_CHECK) return 'javascript';
    const path = require.resolve(CRC32C_MODULE);
    require(path);
    const loaded = require.cache[path];
    if (loaded === undefined) return 'javascript';
    loaded.exports = (bytes: Uint8Array): number => crc32c(bytes);
    return 'native';
  } catch {
    return 'javascript';
  }
}

function removeIdleTimers(): boolean {
  try {
    const { prototype } = require(QUEUE_MODULE) as { prototype: RequestQueue };
    const original = prototype.scheduleCheckPendingRequests;
    if (typeof original !== 'function') return false;
    prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
      if (this.pending.length > 0) original.call(this);
    };
    return true;
  } catch {
    return false;
  }
}

interface Encoder {
  buf: Buffer;
  readonly offset: number;
  ensureAvailable(length: number): void;
}

function growWithoutZeroes(): boolean {
  try {
    const { prototype } = require(ENCODER_MODULE) as { prototype: Encoder };
    if (typeof prototype.ensureAvailable !== 'function') return false;
    prototype.ensureAvailable = function (this: Encoder, length: number): void {
      const needed = this.offset + length;
      if (needed <= this.buf.length) return;
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buf.length));
      this.buf.copy(grown, 0, 0, this.offset);
      this.buf = grown;
    };
    return true;
  } catch {
    return false;
  }
}

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
}

interface ProduceRequest {
  encode(): Promise<unknown>;
}

/** The module's exports are exchanged before the versions built upon it are loaded; the fields of the request stay those of kafkajs. */
function writeProduceRequestsOnce(): boolean {
  try {
    const path = require.resolve(PRODUCE_MODULE);
    const original = require(path) as (input: ProduceInput) => ProduceRequest;
    const checksum = require(CRC32C_MODULE) as (bytes: Uint8Array) => number;
    const { lookupCodec } = require(COMPRESSION_MODULE) as { lookupCodec(type: number): Codec | null };
    const Encoder = require(ENCODER_MODULE) as new (size: number) => { buf: Buffer; offset: number };
    const loaded = require.cache[path];
    if (loaded === undefined) return false;
    loaded.exports = (input: ProduceInput): ProduceRequest => {
      if (!isPlainProduce(input)) return original(input);
      const encode = async (): Promise<unknown> => {
        const codec = lookupCodec(input.compression ?? 0);
        const compress = codec === null ? undefined : (buffer: Buffer): Promise<Buffer> => codec.compress({ buffer });
        const body = await encodeProduce(input, checksum, compress);
        return Object.assign(new Encoder(1), { buf: body, offset: body.length });
      };
      return { ...original(input), encode };
    };
    return true;
  } catch {
    return false;
  }
}

interface Grouping {
  readonly topic: string;
  readonly partitionMetadata: readonly unknown[];
  readonly messages: readonly Kafkajs.Message[];
  partitioner(of: { topic: string; partitionMetadata: readonly unknown[]; message: Kafkajs.Message }): number;
}

function groupWithoutCopies(): boolean {
  try {
    const path = require.resolve(GROUPING_MODULE);
    require(path);
    const loaded = require.cache[path];
    if (loaded === undefined) return false;
    loaded.exports = ({ topic, partitionMetadata, messages, partitioner }: Grouping): Record<number, Kafkajs.Message[]> => {
      const groups: Record<number, Kafkajs.Message[]> = {};
      if (partitionMetadata.length === 0) return groups;
      for (const message of messages) {
        const partition = partitioner({ topic, partitionMetadata, message });
        groups[partition] ??= [];
        groups[partition].push(message);
      }
      return groups;
    };
    return true;
  } catch {
    return false;
  }
}

export const kafkajsRepairs: KafkajsRepairs = {
  crc32c: useNativeCrc32c(),
  idleTimers: removeIdleTimers(),
  growingBuffers: growWithoutZeroes(),
  produceRequests: writeProduceRequestsOnce(),
  grouping: groupWithoutCopies(),
};

/** kafkajs, loaded after the repairs. */
export const kafkajs: typeof Kafkajs = require('kafkajs') as typeof Kafkajs;
