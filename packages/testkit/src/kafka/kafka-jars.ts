import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Apache Kafka that the tests run on. */
export const KAFKA_VERSION = '4.3.1';
const LOG4J_VERSION = '2.25.3';
const RESOLVE_TIMEOUT_MS = 300_000;

const dependency = (group: string, artifact: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

const POM = `<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion><groupId>belay.test</groupId><artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
${dependency('org.apache.kafka', 'kafka_2.13', KAFKA_VERSION)}
${dependency('org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J_VERSION)}
${dependency('org.apache.logging.log4j', 'log4j-core', LOG4J_VERSION)}
</dependencies>
</project>
`;

const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'belay-test', 'kafka', KAFKA_VERSION);

async function resolveInto(folder: string): Promise<void> {
  const work = await mkdtemp(`${folder}.`);
  await writeFile(join(work, 'pom.xml'), POM);
  const goals = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(work, 'jars')}`];
  try {
    await run('mvn', ['-B', '-q', '-ntp', '-f', join(work, 'pom.xml'), ...goals], { timeout: RESOLVE_TIMEOUT_MS });
    // Another process may have been quicker: its folder is as good as ours.
    if (!existsSync(folder)) await rename(join(work, 'jars'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Folder with the broker's jars; resolved with Maven (Java 17 and `mvn` needed) the first time, from the cache afterwards. */
export async function kafkaJars(): Promise<string> {
  const folder = cacheFolder();
  if (existsSync(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  await resolveInto(folder);
  return folder;
}
