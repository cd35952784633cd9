import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { kafkaJars } from './kafka-jars.ts';
import { type KafkaNodePorts, kafkaProperties, LOG4J_PROPERTIES } from './kafka-properties.ts';

const run = promisify(execFile);
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qk';
const START_TIMEOUT_MS = 240_000;
const STOP_TIMEOUT_MS = 120_000;
const QUICK_JVM = ['-Xmx512m', '-Xms128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError'];
/** Keeps the broker only as long as our end of its standard input is open: no test run, however it ends, leaves one behind. */
const KEEPER = 'exec 3<&0; "$@" </dev/null & echo $! >&4; exec 4>&-; cat <&3 >/dev/null; kill -9 $! 2>/dev/null';

/** A real Apache Kafka node in a temporary folder. */
export interface KafkaNode {
  /** `127.0.0.1:port`; stays the same over restarts. */
  readonly bootstrap: string;
  /** Ends the broker: asked to (TERM) and waited for. */
  stop(): Promise<void>;
  /** Ends the broker with KILL. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port. */
  start(): Promise<void>;
  /** Stops it and removes its folder. */
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

class KraftNode implements KafkaNode {
  readonly bootstrap: string;
  readonly #folder: string;
  readonly #classpath: string[];
  #keeper: ChildProcess | undefined;
  #pid: number | undefined;

  constructor(folder: string, jars: string, ports: KafkaNodePorts) {
    this.bootstrap = `127.0.0.1:${ports.broker}`;
    this.#folder = folder;
    this.#classpath = ['-cp', `${jars}/*`, `-Dlog4j2.configurationFile=${folder}/log4j2.properties`];
  }

  async format(): Promise<void> {
    const tool = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', `${this.#folder}/server.properties`];
    await run('java', ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', ...this.#classpath, ...tool]);
  }

  async start(): Promise<void> {
    const log = join(this.#folder, 'server.log');
    const output = openSync(log, 'w');
    const java = ['java', ...QUICK_JVM, ...this.#classpath, 'kafka.Kafka', `${this.#folder}/server.properties`];
    const keeper = spawn('sh', ['-c', KEEPER, 'sh', ...java], { stdio: ['pipe', output, output, 'ignore', 'pipe'], detached: true });
    closeSync(output);
    this.#keeper = keeper;
    this.#pid = Number(await new Promise<string>((resolve) => keeper.stdio[4]?.once('data', (data) => resolve(String(data)))));
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (!readFileSync(log, 'utf8').includes('Kafka Server started')) {
      if (!isAlive(this.#pid) || performance.now() > deadline)
        throw new Error(`Kafka did not start:\n${readFileSync(log, 'utf8').slice(-4000)}`);
      await sleep(50);
    }
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const pid = this.#pid;
    if (pid === undefined) return;
    if (isAlive(pid)) process.kill(pid, signal);
    const deadline = performance.now() + STOP_TIMEOUT_MS;
    while (isAlive(pid)) {
      if (performance.now() > deadline) process.kill(pid, 'SIGKILL');
      await sleep(50);
    }
    this.#pid = undefined;
    this.#keeper?.stdin?.end();
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Starts a node of its own on free ports of 127.0.0.1; about 4 s. The caller closes it. */
export async function startKafka(): Promise<KafkaNode> {
  const jars = await kafkaJars();
  const folder = await mkdtemp(join(tmpdir(), 'belay-kafka-'));
  const ports = { broker: await freePort(), controller: await freePort() };
  await writeFile(join(folder, 'server.properties'), kafkaProperties(folder, ports));
  await writeFile(join(folder, 'log4j2.properties'), LOG4J_PROPERTIES);
  const node = new KraftNode(folder, jars, ports);
  await node.format();
  await node.start();
  return node;
}
