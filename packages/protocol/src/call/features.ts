import type { Feature } from '../event/decision-event.ts';
import { hasSecret } from '../redaction/redact-text.ts';
import { isSecretKey } from '../redaction/secret-keys.ts';
import { kindOfText } from './argument-kind.ts';
import { keyedHash } from './keyed-hash.ts';
import { type Leaf, leavesOf } from './leaves.ts';
import { HAS } from './text-shape.ts';

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
 * @param leaves of the arguments, where they are at hand.
 */
export function featuresOf(args: unknown, hashKey: Uint8Array, leaves: readonly Leaf[] = leavesOf(args)): Feature[] {
  const features: Feature[] = [];
  for (const leaf of leaves) {
    if (features.length >= MAX_FEATURES) break;
    features.push(featureOf(leaf, hashKey));
  }
  return features;
}

function featureOf({ role: path, key, value, shape }: Leaf, hashKey: Uint8Array): Feature {
  const role = path.length > ROLE_MAX ? path.slice(-ROLE_MAX) : path;
  switch (typeof value) {
    case 'string':
      return textFeature(role, { key, value, shape }, hashKey);
    case 'number':
      return { role, kind: 'number', hash: keyedHash(String(value), hashKey) };
    case 'boolean':
      return { role, kind: 'boolean', hash: keyedHash(String(value), hashKey) };
    default:
      return { role, kind: 'empty' };
  }
}

interface TextLeaf {
  readonly key: string;
  readonly value: string;
  readonly shape: number;
}

function textFeature(role: string, leaf: TextLeaf, hashKey: Uint8Array): Feature {
  const { key, value, shape } = leaf;
  const kind = kindOfText(value, key, shape);
  const feature: Feature =
    value.length <= HASHED_MAX && kind !== 'empty'
      ? { role, kind, hash: keyedHash(value, hashKey), length: value.length }
      : { role, kind, length: value.length };
  const flags = flagsOf(leaf);
  if (flags.length > 0) feature.flags = flags;
  return feature;
}

/** Every sensitive path has one of these in it. */
const IN_PATH: number = HAS.dot | HAS.slash | HAS.underscore;

function flagsOf({ key, value, shape }: TextLeaf): string[] {
  const scanned = value.length > SCANNED_MAX ? value.slice(0, SCANNED_MAX) : value;
  const flags: string[] = [];
  if (hasSecret(scanned, shape)) flags.push('credential');
  if (isSecretKey(key)) flags.push('secret-name');
  if ((shape & IN_PATH) !== 0 && SENSITIVE_PATH.test(scanned)) flags.push('sensitive-path');
  if (scanned.includes('\n')) flags.push('multiline');
  return flags;
}
