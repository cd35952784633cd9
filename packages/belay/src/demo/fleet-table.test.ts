import { expect, it } from 'vitest';
import { createTerminal } from '../output/terminal.ts';
import { printFleetTable } from './fleet-table.ts';

it('a demo whose bad agents were not held because the breaker is open says so, and when there is room again', () => {
  const written = { out: '' };
  const terminal = createTerminal({ out: { write: (text) => (written.out += text) }, err: { write: () => true } }, {});
  const breaker = { isOpen: true, heldAgents: 3, limit: 3, windowMs: 600_000, untilUs: 240_000_000 };
  printFleetTable({ agents: [], isAsExpected: false, breaker }, terminal, 0);
  expect(written.out).toMatch(/breaker is open.*\n.*3 agents held automatically in 10 min, the limit is 3; room again in 4 min/);
});
