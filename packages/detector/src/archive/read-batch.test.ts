import type { LogMessage } from '@belay/bus';
import { describe, expect, it } from 'vitest';
import { readBatch, sourceBytes } from './read-batch.ts';

const message = (offset: bigint, value: string | undefined): LogMessage => ({
  topic: 'belay.decisions.v1',
  partition: 0,
  offset,
  key: 'acme/agent-1',
  value: value === undefined ? undefined : Buffer.from(value),
  headers: {},
  timestampUs: 0,
});
const decode = (text: string) => (text === 'skip' ? ({ skipped: true } as const) : text === 'bad' ? { malformed: 'why' } : { value: text });

describe('reading a batch', () => {
  it('sorts lines into values, malformed and skipped, and keeps the exact bytes of each', () => {
    const messages = [message(1n, 'one\nbad\nskip\n'), message(2n, undefined), message(3n, 'zwölf')];
    const read = readBatch({ topic: 'belay.decisions.v1', partition: 0, messages, highWatermark: 4n }, decode);
    expect(read.entries.map((entry) => [entry.value, entry.message.offset, entry.line.index])).toEqual([
      ['one', 1n, 0],
      ['zwölf', 3n, 0],
    ]);
    expect(read.malformed.map((one) => [one.reason, one.line.index, Buffer.from(sourceBytes(one)).toString()])).toEqual([
      ['why', 1, 'bad'],
    ]);
    expect(read.skipped).toBe(1);
  });
});
