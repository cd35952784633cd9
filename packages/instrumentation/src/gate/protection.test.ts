import { describe, expect, it } from 'vitest';
import { DEFAULT_FAIL_MODE } from '../fail-mode.ts';
import { type ControlContact, protectionFor } from './protection.ts';

const SECOND = 1_000_000;
const connected: ControlContact = { configured: true, connected: true, stateSeen: true, tokenRefused: false, lostAtUs: 0 };
const away: ControlContact = { ...connected, connected: false };
const never: ControlContact = { ...away, stateSeen: false };
const unconfigured: ControlContact = { ...never, configured: false };
const refused: ControlContact = { ...never, tokenRefused: true };
const GO = { go: true };

describe('the default fail mode', () => {
  it.each([
    ['control is there', connected, 0, GO, GO, GO],
    ['control has just gone', away, 0.2 * SECOND, GO, GO, { waitMs: 800 }],
    ['control is away within the grace', away, 29 * SECOND, GO, GO, { refuse: 'control_away' }],
    ['control is away for longer', away, 30 * SECOND, GO, { refuse: 'control_away' }, { refuse: 'control_away' }],
    ['the run has just begun', never, 0, GO, { waitMs: 1000 }, { waitMs: 1000 }],
    ['control was never heard, within the grace', never, 5 * SECOND, GO, GO, { refuse: 'no_first_state' }],
    ['control was never heard', never, 31 * SECOND, GO, { refuse: 'no_first_state' }, { refuse: 'no_first_state' }],
    ['control has refused the token, within the grace', refused, 5 * SECOND, GO, GO, { refuse: 'token_refused' }],
    ['control refuses the token', refused, 31 * SECOND, GO, { refuse: 'token_refused' }, { refuse: 'token_refused' }],
    ['no control is configured', unconfigured, 99 * SECOND, GO, GO, GO],
  ] as const)('when %s', (_what, contact, nowUs, read, write, destructive) => {
    expect(protectionFor(contact, 'read', DEFAULT_FAIL_MODE, nowUs)).toEqual(read);
    expect(protectionFor(contact, 'write', DEFAULT_FAIL_MODE, nowUs)).toEqual(write);
    expect(protectionFor(contact, 'destructive', DEFAULT_FAIL_MODE, nowUs)).toEqual(destructive);
  });

  it('is not fooled by a clock that stands still before the loss', () => {
    expect(protectionFor({ ...away, lostAtUs: 50 * SECOND }, 'write', DEFAULT_FAIL_MODE, 40 * SECOND)).toEqual(GO);
  });
});

describe('a configured fail mode', () => {
  it('refuses everything but reads when unprotected is refused', () => {
    const mode = { ...DEFAULT_FAIL_MODE, unprotected: 'refuse' } as const;
    expect(protectionFor(unconfigured, 'read', mode, 0)).toEqual(GO);
    expect(protectionFor(unconfigured, 'write', mode, 0)).toEqual({ refuse: 'unprotected' });
  });

  it('may let destructive actions go on, or stop reads', () => {
    expect(protectionFor(away, 'destructive', { ...DEFAULT_FAIL_MODE, destructive: 'allow' }, 99 * SECOND)).toEqual(GO);
    expect(protectionFor(away, 'read', { ...DEFAULT_FAIL_MODE, read: 'refuse' }, 99 * SECOND)).toEqual({ refuse: 'control_away' });
  });
});
