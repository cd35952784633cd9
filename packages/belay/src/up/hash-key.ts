import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { type DataDir, readIfPresent, writeSecret } from './data-dir.ts';

const BYTES = 32;

/**
 * The key of the hashes of short argument values in `call.features`: BELAY_HASH_KEY (64 hex digits; the same for every collector of a
 * cluster), else the data folder's own, made on first use.
 */
export async function loadHashKey(dir: DataDir, env: NodeJS.ProcessEnv = process.env): Promise<Uint8Array> {
  const given = env.BELAY_HASH_KEY;
  if (given !== undefined) return parseKey(given, 'BELAY_HASH_KEY');
  const path = join(dir.path, 'hash-key');
  const existing = await readIfPresent(path);
  if (existing !== undefined) return parseKey(existing, path);
  const key = randomBytes(BYTES);
  await writeSecret(path, `${key.toString('hex')}\n`);
  return key;
}

function parseKey(text: string, where: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/i.test(text.trim())) {
    throw new CliError(EXIT.usage, `${where} must be 64 hexadecimal digits.`, { hint: 'Make one: openssl rand -hex 32' });
  }
  return Buffer.from(text.trim(), 'hex');
}
