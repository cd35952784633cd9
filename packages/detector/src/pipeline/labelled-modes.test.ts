import type { InputRecord } from '@belay/protocol';
import { decision } from '@belay/testkit';
import { expect, test } from 'vitest';
import { defaultDetectorConfig } from '../config.ts';
import { call } from '../testing/streams.test-support.ts';
import { LabelledModes } from './labelled-modes.ts';
import { Pipeline } from './pipeline.ts';

const who = { tenant: 'acme', agentId: 'a', agentName: 'billing-eu', environment: 'production' };

test('a setting concerns the agents whose name and environment match its globs', () => {
  const modes = new LabelledModes();
  modes.set({ detector: 'loop', agentName: 'billing*' }, 'warn', 1);
  modes.set({ detector: 'loop', environment: 'prod*' }, 'shadow', 2);
  modes.set({ detector: 'loop', agentName: 'billing*', environment: 'staging' }, 'enforce', 3);
  const of = (identity: object) => modes.of('loop', { ...who, ...identity }).map(({ mode }) => mode);
  expect(of({})).toEqual(['warn', 'shadow']);
  expect(of({ environment: 'staging' })).toEqual(['warn', 'enforce']);
  expect(of({ agentName: undefined, environment: undefined })).toEqual([]);
  expect(modes.of('drift', who)).toEqual([]);
});

test('default takes back the setting of the same label, and no other', () => {
  const modes = new LabelledModes();
  modes.set({ detector: 'loop' }, 'shadow', 1);
  modes.set({ detector: 'loop', agentName: 'billing*' }, 'warn', 2);
  modes.set({ detector: 'loop', agentName: 'billing*' }, 'default', 3);
  expect(modes.of('loop', who)).toMatchObject([{ mode: 'shadow', atUs: 1 }]);
});

test('a snapshot restores what was set; that of an earlier version as well', () => {
  const modes = new LabelledModes();
  modes.set({ detector: 'loop', agentName: 'b*', environment: 'p*' }, 'warn', 2);
  const again = new LabelledModes();
  again.restore(modes.snapshot());
  expect(again.of('loop', who)).toEqual(modes.of('loop', who));
  again.restore([['drift', 'enforce', 5]]);
  expect(again.of('drift', who)).toMatchObject([{ mode: 'enforce', atUs: 5 }]);
});

test('settings are bounded: the oldest is forgotten', () => {
  const modes = new LabelledModes();
  for (let i = 0; i < 600; i++) modes.set({ detector: `d${i}` }, 'warn', i);
  expect(modes.of('d87', who)).toEqual([]);
  expect(modes.of('d88', who)).toHaveLength(1);
});

const mode = (to: 'shadow' | 'warn' | 'enforce' | 'default', more: object): InputRecord => ({
  ...{ v: 1, record: 'mode', id: 'm', tenant: 'acme', detector: 'loop', mode: to, atUs: 1 },
  ...more,
});

/** What becomes of a loop of an agent named billing-eu in production. */
function answerAfter(...records: InputRecord[]): string | undefined {
  const pipeline = new Pipeline(defaultDetectorConfig());
  const loop = [1, 2, 3, 4].map((n) => call(n, 'a', 'r', { agent: { name: 'billing-eu' }, environment: 'production' }));
  const { tenant } = decision();
  const own = records.map((record) => ({ ...record, tenant }) as InputRecord);
  return [...own, ...loop].flatMap((one) => pipeline.push(one, 'record' in one ? one.atUs : one.receivedUs)).at(-1)?.response;
}

test('an operator’s mode by label decides, the newest of all that match, and default gives the word back to the configuration', () => {
  expect(answerAfter(mode('shadow', { agentName: 'billing*' }))).toBe('none');
  expect(answerAfter(mode('shadow', { agentName: 'search*' }))).toBe('pause');
  expect(answerAfter(mode('shadow', { environment: 'production' }), mode('warn', { agentName: 'billing*', atUs: 2 }))).toBe('notify');
  expect(answerAfter(mode('shadow', {}), mode('default', { atUs: 2 }))).toBe('pause');
  expect(answerAfter(mode('shadow', { agentId: 'agent-1' }), mode('default', { agentId: 'agent-1', atUs: 2 }))).toBe('pause');
});
