import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { dataDirAt, prepareDataDir } from './data-dir.ts';

async function temporary(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'belay-data-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

it('the folder is made with those above it, for its owner only', async () => {
  const path = join(await temporary(), 'a', 'b');
  await prepareDataDir(dataDirAt(path));
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  await prepareDataDir(dataDirAt(path));
});

it.runIf(process.platform === 'linux')('a folder that cannot be made is one clear error, also where mkdir never ends (/proc)', async () => {
  await expect(prepareDataDir(dataDirAt('/proc/foo'))).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('/proc/foo'),
    hint: expect.stringContaining('--data'),
  });
});

it.runIf(process.platform === 'linux' && process.getuid?.() === 0)("somebody else's folder is one clear error", async () => {
  const path = await temporary();
  await chmod(path, 0o755);
  await mkdir(join(path, 'data', 'logs'), { recursive: true });
  await chown(path, 0, 0);
  const program = `
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    const { dataDirAt, prepareDataDir } = await import(${JSON.stringify(new URL('./data-dir.ts', import.meta.url).href)});
    await prepareDataDir(dataDirAt(${JSON.stringify(join(path, 'data'))})).catch((error) => console.log(error.exitCode, error.message));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(said).toMatch(/^2 The data folder .* cannot be used: EACCES/);
});
