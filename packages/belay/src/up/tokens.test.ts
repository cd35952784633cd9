import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTokenVerifier, publicJwks } from '@belay/protocol';
import { createManualClock } from '@belay/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DataDir, dataDirAt, prepareDataDir } from './data-dir.ts';
import { lockDataDir } from './data-lock.ts';
import { loadOrCreateSigningKey } from './signing-key.ts';
import { mint, ownToken } from './tokens.ts';

let dir: DataDir;
const clock = createManualClock();
const options = { tenant: 'default', clock };

beforeEach(async () => {
  dir = dataDirAt(join(await mkdtemp(join(tmpdir(), 'belay-data-')), 'data'));
  await prepareDataDir(dir);
});

afterEach(() => rm(join(dir.path, '..'), { recursive: true, force: true }));

describe('first run', () => {
  it('makes folder, key and tokens that only their owner can read', async () => {
    const key = await loadOrCreateSigningKey(dir);
    await ownToken(dir, 'operator', key, options);
    expect((await stat(dir.path)).mode & 0o777).toBe(0o700);
    expect((await stat(dir.signingKey)).mode & 0o777).toBe(0o600);
    expect((await stat(dir.token('operator'))).mode & 0o777).toBe(0o600);
  });

  it('keeps key and tokens over a restart, and renews a token near its end, of another tenant, or of another key', async () => {
    const key = await loadOrCreateSigningKey(dir);
    const token = await ownToken(dir, 'agent', key, options);
    expect(await loadOrCreateSigningKey(dir)).toEqual(key);
    expect(await ownToken(dir, 'agent', key, options)).toBe(token);
    expect(await ownToken(dir, 'agent', key, { ...options, tenant: 'other' })).not.toBe(token);
    const renewed = await ownToken(dir, 'agent', key, options);
    clock.advance(365 * 86_400e6);
    expect(await ownToken(dir, 'agent', key, options)).not.toBe(renewed);
  });

  it('does not repeat a damaged key in the error', async () => {
    await writeFile(dir.signingKey, '{"kty":"OKP","x":"secret-material"}');
    await expect(loadOrCreateSigningKey(dir)).rejects.toThrow(/is not an Ed25519 private key/);
    await expect(loadOrCreateSigningKey(dir)).rejects.not.toThrow(/secret-material/);
  });
});

describe('minting', () => {
  it('gives agents their pattern and the pinned key, operators their role', async () => {
    const key = await loadOrCreateSigningKey(dir);
    const verifier = createTokenVerifier({ jwks: publicJwks(key), clock });
    const agent = await mint(key, { kind: 'agent', subject: 'a', tenant: 't', agents: 'billing*', lifetimeDays: 1 }, clock);
    expect(await verifier.verify(agent.token)).toMatchObject({ claims: { kind: 'agent', agents: 'billing*', cnf: { jkt: key.kid } } });
    clock.advance(86_400e6 + 60e6);
    expect(await verifier.verify(agent.token)).toHaveProperty('refused');
  });
});

describe('the lock of the data folder', () => {
  it('keeps a second one out until it is released', async () => {
    const lock = lockDataDir(dir);
    expect(() => lockDataDir(dir)).toThrow(/Another Belay is running/);
    lock.release();
    lockDataDir(dir).release();
    expect(await readFile(dir.lock)).toBeDefined();
  });
});
