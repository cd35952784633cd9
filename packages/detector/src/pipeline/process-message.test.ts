import { agentKey, decodeScore, encodeEvent, type Score, TOPICS } from '@belay/protocol';
import { expect, test } from 'vitest';
import { defaultDetectorConfig } from '../config.ts';
import { call } from '../testing/streams.test-support.ts';
import { Pipeline } from './pipeline.ts';
import { processMessage } from './process-message.ts';

const message = (...lines: string[]) => ({
  topic: TOPICS.decisions,
  partition: 0,
  offset: 7n,
  key: agentKey('acme', 'agent-1'),
  value: Buffer.from(lines.join('\n')),
  headers: {},
  timestampUs: 0,
});

test('a record at which a detector fails becomes a dead letter that says so; its neighbours are judged', () => {
  const judged: string[] = [];
  const pipeline = {
    takeScores: () => [],
    takeSteps: () => [],
    push: (record: { id: string }) => {
      if (record.id === call(2, 'a', 'r').id) throw new TypeError('no such streak');
      judged.push(record.id);
      return [];
    },
  };
  const lines = [1, 2, 3].map((n) => encodeEvent(call(n, 'a', 'r')));
  const { outgoing, malformed } = processMessage(message(...lines), pipeline, 0);
  expect(judged).toEqual([call(1, 'a', 'r').id, call(3, 'a', 'r').id]);
  expect(malformed).toBe(1);
  expect(outgoing.map(({ topic, value }) => [topic, Buffer.from(value ?? []).toString()])).toEqual([[TOPICS.deadLetter, lines[1]]]);
  expect(outgoing[0]?.headers?.['belay-reason']).toBe('the detectors failed at this record: no such streak');
});

test('a line that cannot be read becomes a dead letter; its neighbours are judged', () => {
  const pipeline = new Pipeline(defaultDetectorConfig());
  const { malformed, lines } = processMessage(message('{', encodeEvent(call(1, 'a', 'r'))), pipeline, 0);
  expect([lines, malformed, pipeline.counts.decisions]).toEqual([2, 1, 1]);
});

test('readings of one agent travel together, each on a line of its own', () => {
  const reading = (agentId: string, value: number): Score => ({
    ...{ v: 1, tenant: 'acme', agentId, detector: 'drift', metric: 'm', subject: 's', value, samples: 1, learning: false, atUs: 5 },
  });
  const scores = [reading('a', 1), reading('a', 2), reading('b', 3)];
  const { outgoing } = processMessage(message('{}'), { push: () => [], takeSteps: () => [], takeScores: () => scores }, 0);
  const found = outgoing.flatMap(({ topic, key, value }) =>
    topic === TOPICS.scores
      ? [
          {
            key,
            scores: Buffer.from(value ?? [])
              .toString()
              .split('\n')
              .map(decodeScore),
          },
        ]
      : [],
  );
  expect(found).toEqual([
    { key: 'acme/a', scores: [{ value: scores[0] }, { value: scores[1] }] },
    { key: 'acme/b', scores: [{ value: scores[2] }] },
  ]);
});
