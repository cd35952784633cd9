import type { Feature } from '../event/decision-event.ts';
import { hasSecret } from '../redaction/redact-text.ts';
import { isSecretKey } from '../redaction/secret-keys.ts';
import { kindOfText } from './argument-kind.ts';
import { keyedHash } from './keyed-hash.ts';
import { type Leaf, leavesOf } from './leaves.ts';

const MAX_FEATURES = 16;
/** Longer values are not hashed: free text is new each time. */
const HASHED_MAX = 64;
const ROLE_MAX = 128;
const SCANNED_MAX = 4096;
const SENSITIVE_PATH: RegExp =
  /(?:^|[\s/\\"'=])(?:\.ssh|\.aws|\.gnupg|\.kube|\.docker|\.netrc|\.npmrc|\.pypirc|\.env(?:\.\w+)?|\.git-credentials|id_(?:rsa|dsa|ecdsa|ed25519))(?:$|[\s/\\"'])|\/etc\/(?:passwd|shadow|sudoers)|\/proc\/(?:self|\d+)\/environ|authorized_keys|credentials\.json|\.(?:pem|p12|pfx|kdbx|keystore)(?:$|[\s"'])|169\.254\.169\.254/i;

/**
 * What detectors may know of the arguments when their content is not captured: per argument its role, kind, length, the keyed hash of a short value, and
 * flags (`credential` = the value looks like one; `secret-name` = the name says so; `sensitive-path`; `multiline`). At most 16 arguments.
 */
export const featuresOf = (args: unknown, hashKey: Uint8Array): Feature[] =>
  leavesOf(args)
    .slice(0, MAX_FEATURES)
    .map((leaf) => featureOf(leaf, hashKey));

function featureOf({ role: path, key, value }: Leaf, hashKey: Uint8Array): Feature {
  const role = path.length > ROLE_MAX ? path.slice(-ROLE_MAX) : path;
  switch (typeof value) {
    case 'string':
      return textFeature(role, key, value, hashKey);
    case 'number':
      return { role, kind: 'number', hash: keyedHash(String(value), hashKey) };
    case 'boolean':
      return { role, kind: 'boolean', hash: keyedHash(String(value), hashKey) };
    default:
      return { role, kind: 'empty' };
  }
}

function textFeature(role: string, key: string, value: string, hashKey: Uint8Array): Feature {
  const kind = kindOfText(value, key);
  const flags = flagsOf(key, value);
  return {
    role,
    kind,
    ...(value.length <= HASHED_MAX && kind !== 'empty' ? { hash: keyedHash(value, hashKey) } : {}),
    length: value.length,
    ...(flags.length === 0 ? {} : { flags }),
  };
}

function flagsOf(key: string, value: string): string[] {
  const scanned = value.length > SCANNED_MAX ? value.slice(0, SCANNED_MAX) : value;
  const flags: string[] = [];
  if (hasSecret(scanned)) flags.push('credential');
  if (isSecretKey(key)) flags.push('secret-name');
  if (SENSITIVE_PATH.test(scanned)) flags.push('sensitive-path');
  if (scanned.includes('\n')) flags.push('multiline');
  return flags;
}
