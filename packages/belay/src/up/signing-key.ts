import { access } from 'node:fs/promises';
import { generateSigningKey, publicJwks, thumbprintOf } from '@belay/protocol';
import { CompactSign, compactVerify, importJWK, type JWK } from 'jose';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { type DataDir, readIfPresent, writeSecret } from './data-dir.ts';

/** The key that signs tokens and control states; made on first use, kept with mode 600. */
export async function loadOrCreateSigningKey(dir: DataDir, onWarning: (text: string) => void = () => undefined): Promise<JWK> {
  const existing = await loadSigningKey(dir);
  if (existing !== undefined) return existing;
  if (await hasData(dir)) onWarning(`There was no signing key at ${dir.signingKey} beside existing data: ${LOST_KEY}`);
  const key = await generateSigningKey();
  await writeSecret(dir.signingKey, `${JSON.stringify(key)}\n`);
  return key;
}

/**
 * The key of the data folder; undefined when there is none yet.
 * @throws CliError when the file is no private key. The message never holds what is in it.
 */
export async function loadSigningKey(dir: DataDir): Promise<JWK | undefined> {
  const text = await readIfPresent(dir.signingKey);
  if (text === undefined) return undefined;
  const key = parseKey(text);
  if (key !== undefined && !(await isWhole(key))) {
    throw new CliError(EXIT.usage, `The key in ${dir.signingKey} is damaged: its private and public halves do not belong together.`, {
      hint: 'Restore the file from a backup. Without it every agent and operator needs a new token: move the file away and run "belay up".',
    });
  }
  if (key === undefined) {
    throw new CliError(EXIT.usage, `${dir.signingKey} is not an Ed25519 private key in JWK form.`, {
      hint: 'Restore it from a backup. Without it every agent and operator needs a new token: move the file away and run "belay up".',
    });
  }
  return key;
}

/** What a lost key means, and what to do. */
export const LOST_KEY =
  'a new one is made, so every token made before is void and agents that pinned the old key obey nobody. Stop, and restore the file from a backup; or make new tokens and restart every agent.';

/** True when a platform has run in this folder: then it had a key. */
export const hasData = (dir: DataDir): Promise<boolean> =>
  Promise.any([dir.bus, dir.control, dir.token('operator')].map((path) => access(path))).then(
    () => true,
    () => false,
  );

/** Signs once and verifies with the published half, as agents will. */
async function isWhole(key: JWK): Promise<boolean> {
  try {
    const message = new TextEncoder().encode('belay');
    const signed = await new CompactSign(message).setProtectedHeader({ alg: 'EdDSA' }).sign(await importJWK(key, 'EdDSA'));
    const [published] = publicJwks(key).keys;
    await compactVerify(signed, await importJWK(published ?? {}, 'EdDSA'));
    return key.kid === undefined || key.kid === (await thumbprintOf(key));
  } catch {
    return false;
  }
}

function parseKey(text: string): JWK | undefined {
  try {
    const key: unknown = JSON.parse(text);
    return isPrivateKey(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

const isPrivateKey = (key: unknown): key is JWK =>
  typeof key === 'object' && key !== null && 'd' in key && typeof key.d === 'string' && 'kty' in key && key.kty === 'OKP';
