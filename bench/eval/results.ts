import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatJson } from './format-json.ts';

/** What the scorer says of one detector: its metrics as they come, by part of the corpus. */
export interface Scored {
  readonly all: unknown;
  readonly a: unknown;
  readonly b: unknown;
}

/** One way of judging a corpus: ours with content capture on or off, or a reference detector. */
export interface Judged {
  readonly detectors: Readonly<Record<string, Scored>>;
  /** Healthy units (by label) that would have been paused or killed, of all healthy ones; absent for the reference. */
  readonly pauses?: { readonly k: number; readonly n: number };
  readonly seconds: number;
}

/** When, of what and where something was measured. */
export interface Run {
  readonly v: 1;
  /** ISO 8601. */
  readonly measured: string;
  readonly commit: string;
  readonly node: string;
  readonly machine: { readonly cpu: string; readonly cores: number };
}

/** Everything measured on one corpus in one run of `npm run eval`. */
export interface CorpusResult extends Run {
  readonly corpus: string;
  readonly seed: number;
  /** Set when only so many units were taken (`--quick`). */
  readonly limit?: number;
  readonly units: number;
  readonly decisions: number;
  /** Configuration file, from the root of the repository; `as shipped` when there is none. */
  readonly config: string;
  readonly on: Judged;
  readonly off: Judged;
  readonly floors: Readonly<Record<string, Judged>>;
}

export function writeResult(folder: string, name: string, result: unknown): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${formatJson(result)}\n`);
}

/** Every result of a folder by its name; the order is that of the names. */
export function readResults(folder: string): ReadonlyMap<string, unknown> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(names.sort().map((name) => [name.slice(0, -5), JSON.parse(readFileSync(join(folder, name), 'utf8')) as unknown]));
}
