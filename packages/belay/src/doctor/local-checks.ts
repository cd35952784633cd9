import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { CliError } from '../cli-error.ts';
import { claimsOf } from '../client/token-claims.ts';
import { formatDuration } from '../output/duration.ts';
import type { DataDir } from '../up/data-dir.ts';
import { hasData, LOST_KEY, loadSigningKey } from '../up/signing-key.ts';
import { type CheckResult, ok, problem, skipped, warning } from './check.ts';

const NODE_MAJOR = 22;
const LOW_BYTES = 1e9;
const SOON_US = 7 * 86_400 * 1e6;

export function checkNode(version: string): CheckResult {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > NODE_MAJOR || (major === NODE_MAJOR && minor >= 15)) return ok('node', `Node ${version}`);
  return problem('node', `Node ${version} is too old`, 'Use Node 24: the repository carries one (npm install), or see https://nodejs.org.');
}

/** Is the data folder there, ours, closed to others, and is there room? */
export async function checkDataDir(dir: DataDir): Promise<CheckResult> {
  try {
    const facts = await stat(dir.path);
    await access(dir.path, constants.W_OK | constants.R_OK);
    if (process.platform !== 'win32' && (facts.mode & 0o077) !== 0) {
      return problem(
        'data folder',
        `${dir.path} can be read by others (mode ${(facts.mode & 0o777).toString(8)})`,
        `chmod 700 ${dir.path}`,
      );
    }
    const { bavail, bsize } = await statfs(dir.path);
    const free = bavail * bsize;
    const text = `${dir.path}, ${(free / 1e9).toFixed(1)} GB free`;
    return free < LOW_BYTES ? warning('data folder', text, 'Make room, or move the folder (--data DIR).') : ok('data folder', text);
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isAbsent) return skipped('data folder', `${dir.path} is not there: no platform was started from here`);
    return problem('data folder', `${dir.path} cannot be used`, 'Give this user the right to read and write it.');
  }
}

/** The signing key commands every agent: nobody else may read it. */
export async function checkKeyFile(dir: DataDir): Promise<CheckResult> {
  try {
    const { mode } = await stat(dir.signingKey);
    await loadSigningKey(dir);
    if (process.platform === 'win32' || (mode & 0o077) === 0) return ok('signing key', 'whole, and only its owner can read it');
    return problem(
      'signing key',
      `${dir.signingKey} can be read by others`,
      `chmod 600 ${dir.signingKey}, then make new tokens: it may be known.`,
    );
  } catch (error) {
    if (error instanceof CliError) return problem('signing key', error.message, error.hint ?? 'Restore it from a backup.');
    if (await hasData(dir))
      return problem('signing key', `${dir.signingKey} is missing beside existing data`, `At the next start ${LOST_KEY}`);
    return skipped('signing key', 'not here (it is on the machine of control)');
  }
}

/** The operator token that this command line would use: is it one, and for how long yet? */
export function checkToken(token: string | undefined, nowUs: number): CheckResult {
  if (token === undefined)
    return problem('operator token', 'none was found', 'Run in the folder of the data, or give one: --token FILE, BELAY_OPERATOR_TOKEN.');
  const claims = claimsOf(token);
  if (claims === undefined) return problem('operator token', 'it is no Belay token', 'Make one: belay token operator --out FILE');
  if (claims.kind !== 'operator')
    return problem('operator token', `it is one for ${claims.kind}s`, 'Make one: belay token operator --out FILE');
  const leftUs = claims.exp * 1e6 - nowUs;
  const what = `${claims.role} of tenant ${claims.tenant}`;
  if (leftUs < 0)
    return problem('operator token', `${what}, expired ${formatDuration(-leftUs)} ago`, 'Make a new one: belay token operator --out FILE');
  if (leftUs < SOON_US)
    return warning('operator token', `${what}, expires in ${formatDuration(leftUs)}`, 'Make a new one: belay token operator --out FILE');
  return ok('operator token', `${what}, valid for ${Math.floor(leftUs / 86_400e6)} days`);
}
