#!/usr/bin/env node
// Plain JavaScript for Node 20 and up: finds a Node that can run Belay, then starts dist/main.js.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = [22, 15];
const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(packageRoot, 'dist', 'main.js');

/** The oldest Node with everything Belay uses: node:sqlite without a flag, zstd, `crypto.hash`. */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1]);
}

/** The Node that the repository carries as an optional dependency, looked for from the package upwards. */
function carriedNode() {
  const name = process.platform === 'win32' ? 'node.cmd' : 'node';
  for (let folder = packageRoot; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', '.bin', name);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

function newestSource(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('test.ts')) {
      newest = Math.max(newest, statSync(join(entry.parentPath ?? entry.path, entry.name)).mtimeMs);
    }
  }
  return newest;
}

/** In a checkout of the repository: packages whose build is older than their source. Installed packages are never stale. */
function stalePackages() {
  const packages = dirname(packageRoot);
  if (!existsSync(join(dirname(packages), 'tsconfig.base.json'))) return [];
  return readdirSync(packages).filter((name) => {
    const source = join(packages, name, 'src');
    const stamp = join(packages, name, 'dist', '.tsbuildinfo');
    if (name === 'testkit' || !existsSync(source)) return false;
    return !existsSync(stamp) || newestSource(source) > statSync(stamp).mtimeMs;
  });
}

function fail(message) {
  process.stderr.write(`belay: ${message}\n`);
  process.exit(1);
}

/** Runs this same file on another Node; signals and the exit code pass through. */
function runOn(node) {
  const child = spawn(node, [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends SIGINT to the whole group: passing it on would count as the second one.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

if (!isNewEnough(process.versions.node)) {
  const node = carriedNode();
  if (node === undefined || process.env.BELAY_REEXECUTED === '1') {
    fail(
      `needs Node ${NEEDED.join('.')} or newer, this is ${process.versions.node}, and no carried one was found. Install Node 24, or run "npm install".`,
    );
  } else {
    process.env.BELAY_REEXECUTED = '1';
    runOn(node);
  }
} else if (!existsSync(main)) {
  fail('is not built yet. Run "npm run build" in the repository, then again.');
} else {
  const stale = stalePackages();
  if (stale.length > 0) process.stderr.write(`belay: the build of ${stale.join(', ')} is older than its source. Run "npm run build".\n`);
  await import(pathToFileURL(main).href);
}
