import { expect, test } from 'vitest';
import { call } from '../testing/streams.test-support.ts';
import { Lineage } from './lineage.ts';

const of = (version: string, model?: string) => ({
  ...call(1, 'a', 'r'),
  agent: { id: 'agent-1', version },
  ...(model === undefined ? {} : { model: { request: model } }),
});

test('the first version and model of an agent are no change', () => {
  const lineage = new Lineage(4);
  lineage.observe(of('1', 'small'));
  expect([lineage.isInherited, lineage.width(2)]).toEqual([false, 1]);
});

test.each([of('2', 'small'), of('1', 'large')])('a new version or model widens limits, less with every decision', (next) => {
  const lineage = new Lineage(4);
  lineage.observe(of('1', 'small'));
  const widths = [1, 2, 3, 4].map(() => {
    lineage.observe(next);
    return lineage.width(3);
  });
  expect(widths).toEqual([2.5, 2, 1.5, 1]);
  expect(lineage.isInherited).toBe(false);
});

test('two versions in turn widen limits once', () => {
  const lineage = new Lineage(2);
  for (const version of ['1', '2', '1', '2', '1', '2', '1']) lineage.observe(of(version));
  expect(lineage.isInherited).toBe(false);
});

test('goes on the same after a restore', () => {
  const lineage = new Lineage(10);
  for (const version of ['1', '2', '2']) lineage.observe(of(version));
  const copy = new Lineage(10);
  copy.restore(JSON.parse(JSON.stringify(lineage.snapshot())));
  for (const one of [lineage, copy]) one.observe(of('1'));
  expect(copy.width(2)).toBe(lineage.width(2));
  expect(copy.snapshot()).toEqual(lineage.snapshot());
});
