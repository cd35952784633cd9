import { anomaly } from '@belay/testkit';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { tailLine } from './tail-line.ts';

const terminal = { colours: pc.createColors(false), columns: 120 };
const base = { v: 1, id: 'e1', tenant: 't', agentId: 'billing-7', atUs: 1_767_600_000_000_000, actor: 'detector:loop' } as const;
const hold = {
  id: 'h1',
  action: 'pause',
  scope: 'session',
  scopeId: 's1',
  reason: 'a loop\u001b[2J',
  cause: { kind: 'anomaly', ref: 'a1' },
  placedUs: 1,
} as const;

describe('tailLine', () => {
  it('sets time, agent and what in columns that line up', () => {
    const placed = tailLine({ kind: 'control', event: { ...base, type: 'hold.placed', epoch: 1, commandId: 'c1', hold } }, terminal);
    const found = tailLine({ kind: 'anomaly', anomaly: anomaly({ agentId: 'a', severity: 'warning' }) }, terminal);
    expect(placed.indexOf('pause')).toBe(found.indexOf('warning'));
    expect(placed).toMatch(/^\d\d:\d\d:\d\d\.\d{3} billing-7 +pause +session, by detector:loop: a loop/);
  });

  it('says who said what about an anomaly, and took it back', () => {
    const said = { anomalyId: 'x', detector: 'loop', rule: 'L1', verdict: 'false_positive' } as const;
    const line = (change: 'given' | 'withdrawn'): string =>
      tailLine({ kind: 'control', event: { ...base, actor: 'ann', type: 'anomaly.feedback', ...said, change, note: 'a poll' } }, terminal);
    expect(line('given')).toContain('loop L1 is false positive, by ann: a poll');
    expect(line('withdrawn')).toContain('loop L1 is no longer false positive');
  });

  it('lets no escape sequence of an agent reach the terminal', () => {
    expect(tailLine({ kind: 'control', event: { ...base, type: 'hold.placed', epoch: 1, commandId: 'c1', hold } }, terminal)).not.toContain(
      '\u001b',
    );
  });

  it('says of a hold that the breaker refused that nobody is held', () => {
    const refused = anomaly({ agentId: 'a', severity: 'warning', response: 'notify', suppressed: 'breaker' });
    expect(tailLine({ kind: 'anomaly', anomaly: refused }, terminal)).toMatch(/a +NOT HELD +the breaker is open/);
  });

  it('fits the terminal', () => {
    const long = anomaly({ explanation: 'x'.repeat(2_000) });
    expect(tailLine({ kind: 'anomaly', anomaly: long }, terminal).length).toBeLessThanOrEqual(120);
  });
});
