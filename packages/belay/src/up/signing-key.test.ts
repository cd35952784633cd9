import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey } from '@belay/protocol';
import { expect, it, onTestFinished } from 'vitest';
import { checkKeyFile } from '../doctor/local-checks.ts';
import { type DataDir, dataDirAt } from './data-dir.ts';
import { loadOrCreateSigningKey, loadSigningKey } from './signing-key.ts';

async function folder(): Promise<DataDir> {
  const path = await mkdtemp(join(tmpdir(), 'belay-key-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return dataDirAt(path);
}

it('a key whose halves do not belong together is refused at the start and by doctor, with file and way out, without the secret', async () => {
  const dir = await folder();
  const [ours, theirs] = [await generateSigningKey(), await generateSigningKey()];
  for (const broken of [
    { ...ours, x: theirs.x },
    { ...ours, x: 'AAAA' },
    { ...ours, kid: theirs.kid },
  ]) {
    await writeFile(dir.signingKey, JSON.stringify(broken), { mode: 0o600 });
    const failure = await loadSigningKey(dir).catch((error: unknown) => error as Error & { hint: string });
    expect(failure).toMatchObject({ exitCode: 2, hint: expect.stringContaining('backup') });
    expect(failure).toHaveProperty('message', expect.stringContaining(dir.signingKey));
    expect(JSON.stringify(failure)).not.toContain(ours.d);
    expect(await checkKeyFile(dir)).toMatchObject({ verdict: 'problem', found: expect.stringContaining('damaged') });
  }
});

it('a key that is whole is taken, and doctor says so', async () => {
  const dir = await folder();
  const key = await loadOrCreateSigningKey(dir, () => expect.unreachable('a first start has nothing to warn of'));
  expect(await loadSigningKey(dir)).toEqual(key);
  expect((await stat(dir.signingKey)).mode & 0o777).toBe(0o600);
  expect(await checkKeyFile(dir)).toMatchObject({ verdict: 'ok' });
  expect(await readFile(dir.signingKey, 'utf8')).toContain(key.kid);
});

it('a key that is missing beside existing data is warned of, and a problem for doctor', async () => {
  const dir = await folder();
  await writeFile(dir.bus, '');
  expect(await checkKeyFile(dir)).toMatchObject({ verdict: 'problem', found: expect.stringContaining('missing') });
  const warnings: string[] = [];
  await loadOrCreateSigningKey(dir, (text) => warnings.push(text));
  expect(warnings).toEqual([expect.stringMatching(/no signing key .* every token made before is void/)]);
});
