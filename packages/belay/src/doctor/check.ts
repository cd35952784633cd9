/** What one check found: well, worth a look, or wrong; and how to mend it. */
export interface CheckResult {
  readonly name: string;
  readonly verdict: 'ok' | 'warning' | 'problem' | 'skipped';
  /** What was found, in a sentence. */
  readonly found: string;
  /** What to do about it; only where something is to be done. */
  readonly mend?: string;
}

export const ok = (name: string, found: string): CheckResult => ({ name, verdict: 'ok', found });

export const warning = (name: string, found: string, mend: string): CheckResult => ({ name, verdict: 'warning', found, mend });

export const problem = (name: string, found: string, mend: string): CheckResult => ({ name, verdict: 'problem', found, mend });

export const skipped = (name: string, found: string): CheckResult => ({ name, verdict: 'skipped', found });
