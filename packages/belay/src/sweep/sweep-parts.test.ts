import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultDetectorConfig } from '@belay/detector';
import type { Anomaly, DecisionEvent } from '@belay/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAgentHours } from './agent-hours.ts';
import { createLabelMatcher } from './label-matcher.ts';
import { readSweepLabels } from './sweep-label.ts';
import { presentValue, withValue } from './sweep-parameter.ts';
import { bestOf, outcomeOf } from './sweep-score.ts';
import { sweepValues } from './sweep-values.ts';

const MINUTE_US = 60_000_000;

describe('agent-hours', () => {
  const event = (agent: string, fromMinute: number, minutes: number, kind = 'tool') =>
    ({ tenant: 't', agent: { id: agent }, kind, startUs: fromMinute * MINUTE_US, durationUs: minutes * MINUTE_US }) as DecisionEvent;
  const minutes = (...events: DecisionEvent[]): number => {
    const clock = createAgentHours();
    for (const one of events) clock.add(one);
    return clock.hours() * 60;
  };

  it.each([
    ['counts a gap of 5 minutes', [event('a', 0, 1), event('a', 6, 1)], 7],
    ['leaves out a longer one', [event('a', 0, 1), event('a', 6.1, 1)], 2],
    ['counts what overlaps once', [event('a', 0, 4), event('a', 1, 1), event('a', 3, 2)], 5],
    ['adds up agents', [event('a', 0, 2), event('b', 0, 3)], 5],
    ['leaves out the silences of a session that ends', [event('a', 0, 1), event('a', 60, 1), event('a', 0, 61, 'session_end')], 2],
    ['takes no decision for longer than a day', [event('a', 0, 1e9), event('b', 0, 1)], 24 * 60 + 1],
    ['is nothing without decisions', [], 0],
  ])('%s', (_, events, expected) => expect(minutes(...events)).toBeCloseTo(expected, 9));
});

describe('labels', () => {
  const alarm = {
    agentId: 'a',
    sessionId: 's',
    runId: 'r',
    triggerDecisionId: 't:2',
    evidence: { decisionIds: ['t:1', 't:2'] },
  } as unknown;

  it('match an alarm when every name given matches, once', () => {
    const match = createLabelMatcher([
      { agentId: 'a', bad: true },
      { agentId: 'a', sessionId: 'other', bad: true },
      { agentId: 'a', sessionId: 's', bad: true },
      { runId: 'r', bad: false },
      { decisionId: 't:1', bad: true },
      { decisionId: 't:3', bad: true },
      { agentId: 'a', bad: false },
    ]);
    expect([...match(alarm as Anomaly)].sort()).toEqual([0, 2, 3, 4, 6]);
  });

  it('are read line by line, and every bad line is named', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'belay-labels-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'labels.jsonl');
    await writeFile(file, '{"agentId":"a","bad":true}\n\n{"runId":"r","bad":false}\n');
    expect(await readSweepLabels(file)).toEqual([
      { agentId: 'a', bad: true },
      { runId: 'r', bad: false },
    ]);
    await writeFile(file, '{"agentId":"a","bad":true}\n{"bad":true}\nnonsense\n{"agentId":"a","bad":"yes"}\n');
    await expect(readSweepLabels(file)).rejects.toThrow(/3 bad line\(s\)[\s\S]*line 2[\s\S]*line 3[\s\S]*line 4/);
    await expect(readSweepLabels(join(folder, 'none'))).rejects.toMatchObject({ exitCode: 5 });
  });
});

describe('the score', () => {
  it('is by labelled things, not by alarms', () => {
    const labels = [true, true, false, false].map((bad, i) => ({ agentId: `a${i}`, bad }));
    expect(outcomeOf(labels, new Set([0, 2]))).toEqual({ caught: 1, missed: 1, falseAlarms: 1, precision: 0.5, recall: 0.5, f1: 0.5 });
    expect(outcomeOf(labels, new Set())).toMatchObject({ precision: null, recall: 0, f1: 0 });
  });

  it('breaks ties by fewer pauses, then by the nearest to the present value', () => {
    const point = (value: number, pauses: number, f1: number) => ({ value, pauses, labelled: { ...outcomeOf([], new Set<number>()), f1 } });
    expect(bestOf([point(1, 9, 0.8), point(2, 3, 0.8), point(9, 3, 0.8), point(3, 1, 0.7)], 3)).toBe(2);
  });
});

describe('the values', () => {
  it.each([
    [{ values: ['3', '5'] }, 4, [3, 4, 5]],
    [{ from: 0.1, to: 0.5, steps: 5 }, 0.3, [0.1, 0.2, 0.3, 0.4, 0.5]],
    [{ values: ['false'] }, true, [false, true]],
  ])('%j beside %j are %j', (options, present, expected) => expect(sweepValues(options, present)).toEqual(expected));

  it.each([[{ values: ['many'] }], [{ from: 1, to: 2 }], [{ values: Array.from({ length: 60 }, (_, i) => String(i)) }]])(
    '%j are refused',
    (options) => expect(() => sweepValues(options, 4)).toThrow(),
  );
});

describe('the parameter', () => {
  const config = defaultDetectorConfig();

  it('is changed alone, with the detector enforced', () => {
    const changed = withValue(config, { detector: 'loop', key: 'l1Loop' }, 6);
    expect(changed.detectors.loop).toEqual({ ...(config.detectors.loop as object), l1Loop: 6 });
    expect(changed.modes[0]).toMatchObject({ detector: 'loop', mode: 'enforce' });
    expect(presentValue(config, { detector: 'loop', key: 'l1Loop' })).toBe(4);
  });

  it.each([
    ['a detector that is none', { detector: 'lop', key: 'l1Loop' }, /no detector lop.*loop/],
    ['a setting that is none', { detector: 'loop', key: 'l1' }, /no setting l1 .*l1Loop/],
    ['a list', { detector: 'loop', key: 'pollTools' }, /no setting pollTools/],
  ])('refuses %s, and says what there is', (_, parameter, message) => expect(() => presentValue(config, parameter)).toThrow(message));

  it('refuses a value that the detector does not take', () => {
    expect(() => withValue(config, { detector: 'loop', key: 'l1Loop' }, 0)).toThrow(/does not take l1Loop = 0/);
  });
});
