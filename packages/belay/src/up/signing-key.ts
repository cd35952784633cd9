import { generateSigningKey } from '@belay/protocol';
import type { JWK } from 'jose';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { type DataDir, readIfPresent, writeSecret } from './data-dir.ts';

/** The key that signs tokens and control states; made on first use, kept with mode 600. */
export async function loadOrCreateSigningKey(dir: DataDir): Promise<JWK> {
  const existing = await loadSigningKey(dir);
  if (existing !== undefined) return existing;
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
  if (key === undefined) {
    throw new CliError(EXIT.usage, `${dir.signingKey} is not an Ed25519 private key in JWK form.`, {
      hint: 'Restore it from a backup. Without it every agent and operator needs a new token: move the file away and run "belay up".',
    });
  }
  return key;
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
