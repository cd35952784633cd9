import { decision } from '@belay/testkit';
import { expect, test } from 'vitest';
import { ActionTable } from './action-table.ts';
import { decisionFacts } from './task-tally.ts';

function use(table: ActionTable, names: readonly string[], isLearned: boolean): void {
  for (const [n, name] of names.entries()) {
    const event = decision({ n, call: { name } });
    table.observe(event, decisionFacts(event));
    if (isLearned) table.learn(event, decisionFacts(event));
  }
}
const times = (count: number, name: (n: number) => string): string[] => Array.from({ length: count }, (_, n) => name(n));
const actions = (table: ActionTable): string[] => table.readings(40).map(({ action }) => action.replace(/^.*:/, ''));

test('names that came once make room for what is used now; what the reference holds stays', () => {
  const table = new ActionTable();
  use(
    table,
    times(200, (n) => (n % 2 === 0 ? 'search' : 'fetch')),
    true,
  );
  use(
    table,
    times(60, (n) => `invented-${n}`),
    false,
  );
  use(
    table,
    times(600, () => 'fetch'),
    false,
  );
  use(
    table,
    times(20, () => 'new-tool'),
    false,
  );
  expect(actions(table)).toContain('new-tool');
  const copy = new ActionTable();
  copy.restore(JSON.parse(JSON.stringify(table.snapshot())));
  expect(copy.reference()).toEqual(table.reference());
  expect(JSON.stringify(table.reference())).toContain('search');
});

test('actions beyond those that fit share a row', () => {
  const table = new ActionTable();
  use(
    table,
    times(100, (n) => `tool-${n}`),
    true,
  );
  expect(table.readings(100)).toHaveLength(33);
  expect(table.readings(1)[0]?.action).toBe('any:(other)');
});
