import { agentKey } from '@belay/protocol';
import { expect, test } from 'vitest';
import { detectorStatusOf } from './detector-status.ts';

const agent = (tenant: string) => ({ key: agentKey(tenant, 'a/b'), learning: [{ detector: 'drift', learned: 1, needed: 40 }] });

test('of agents a tenant sees its own, and all else as it is', () => {
  const status = { configDigest: 'x', agents: [agent('acme'), agent('other')] };
  expect(detectorStatusOf(status, 'acme')).toEqual({ configDigest: 'x', agents: [agent('acme')] });
});

test('of configured modes a tenant sees those that concern it, and no name of another', () => {
  const modes = [
    { detector: 'loop', tenant: 'other', mode: 'shadow' },
    { detector: 'loop', tenant: 'ac*', mode: 'warn' },
    { detector: '*', tenant: '*', rule: 'cap_*', mode: 'enforce' },
  ];
  expect(detectorStatusOf({ agents: [], modes }, 'acme')).toEqual({
    agents: [],
    modes: [
      { detector: 'loop', mode: 'warn' },
      { detector: '*', rule: 'cap_*', mode: 'enforce' },
    ],
  });
});

test('no detectors in reach are none', () => {
  expect(detectorStatusOf(undefined, 'acme')).toBeNull();
  expect(detectorStatusOf({ configDigest: 'x' }, 'acme')).toEqual({ configDigest: 'x' });
});

test('what is not understood is not shown: it could name agents of others', () => {
  const other = agent('other');
  for (const status of [
    { agents: [other, {}] },
    { agents: { other } },
    { agents: [agent('acme')], modes: [{ tenant: 1 }] },
    [other],
    'other',
  ])
    expect(detectorStatusOf(status, 'acme')).toBeNull();
});
