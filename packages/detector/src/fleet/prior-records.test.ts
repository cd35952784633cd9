import { inputRecordSchema } from '@belay/protocol';
import { expect, test } from 'vitest';
import { priorRecords } from './prior-records.ts';

const keys = (count: number) => Array.from({ length: count }, (_, n) => n.toString(16).padStart(16, '0'));

test('a prior is cut into as many records as it takes, each of them valid, none of them lost', () => {
  for (const count of [0, 1, 1_000, 1_001, 8_000]) {
    const records = priorRecords({ tenant: 'acme', agentName: 'office', keys: keys(count) }, 1_800_000_000e6);
    for (const record of records) expect(inputRecordSchema.safeParse(record).success).toBe(true);
    expect(records).toHaveLength(Math.max(1, Math.ceil(count / 1_000)));
    expect(records.flatMap((record) => (record.record === 'prior' ? record.keys : []))).toEqual(keys(count));
  }
});
