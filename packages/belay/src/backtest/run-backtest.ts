import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { createBacktest, type DetectorConfig } from '@belay/detector';
import type { Anomaly } from '@belay/protocol';
import { CliError, messageOf } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { type BacktestDiff, createDiff } from './backtest-diff.ts';
import { type BacktestReport, createReport } from './backtest-report.ts';
import type { RecordSource, SourceItem } from './record-source.ts';

/** A configuration in the running. */
export interface Candidate {
  readonly config: DetectorConfig;
  /** Detectors whose modes set by operators are passed over: the question is what they would do in the mode of the configuration. */
  readonly deafTo?: ReadonlySet<string> | undefined;
}

export interface BacktestRun {
  readonly source: RecordSource;
  readonly proposed: Candidate;
  /** What to compare it with, over the same records in the same pass. */
  readonly present?: Candidate | undefined;
  /** Of the proposed configuration; has what the source passed over already. */
  readonly report: BacktestReport;
  /** Anomalies of the proposed configuration as JSON lines, in the order they were found; undefined = only the summary. */
  readonly out: string | undefined;
  readonly onProgress: (done: number, decisions: number) => void;
  readonly signal: AbortSignal;
}

/** What the present configuration says over the same records, and how the proposed one differs. */
export interface Comparison {
  readonly present: BacktestReport;
  readonly diff: BacktestDiff;
}

/**
 * Sends records through the detectors' pipeline, offline, once for each candidate. Deterministic: the same records and configuration give
 * the same bytes.
 */
export async function runBacktest(run: BacktestRun): Promise<Comparison | undefined> {
  const { report, present, signal } = run;
  const judge = judgeOf(run.proposed);
  const other = present === undefined ? undefined : { judge: judgeOf(present), report: createReport() };
  const diff = createDiff();
  const output = await openOutput(run.out);
  try {
    for await (const { record, done, isWarmUp } of run.source.items()) {
      signal.throwIfAborted();
      note(record, [report, ...(other === undefined ? [] : [other.report])], isWarmUp === true);
      const found = counted(judge(record), isWarmUp);
      for (const anomaly of found) report.anomaly(anomaly);
      await output.write(found);
      if (other !== undefined) {
        const presently = counted(other.judge(record), isWarmUp);
        for (const anomaly of presently) other.report.anomaly(anomaly);
        diff.add(presently, found);
      }
      run.onProgress(done, report.totals.decisions);
    }
  } finally {
    await output.close();
  }
  return other === undefined ? undefined : { present: other.report, diff: diff.result() };
}

const counted = (found: readonly Anomaly[], isWarmUp: boolean | undefined): readonly Anomaly[] => (isWarmUp === true ? [] : found);

function note(record: SourceItem['record'], reports: readonly BacktestReport[], isWarmUp: boolean): void {
  for (const report of reports) {
    if ('record' in record) report.told(record);
    else if (!isWarmUp) report.event(record);
  }
}

type Judge = (record: SourceItem['record']) => readonly Anomaly[];

function judgeOf({ config, deafTo }: Candidate): Judge {
  const backtest = createBacktest(config);
  return (record) => ('record' in record && record.record === 'mode' && deafTo?.has(record.detector) === true ? [] : backtest.push(record));
}

interface Output {
  write(anomalies: readonly Anomaly[]): Promise<void>;
  close(): Promise<void>;
}

async function openOutput(path: string | undefined): Promise<Output> {
  if (path === undefined) return { write: async () => undefined, close: async () => undefined };
  const refused = (cause: unknown): CliError => new CliError(EXIT.usage, `${path} cannot be written: ${messageOf(cause)}.`, { cause });
  await mkdir(dirname(resolve(path)), { recursive: true }).catch((cause: unknown) => {
    throw refused(cause);
  });
  const stream = createWriteStream(path);
  await once(stream, 'open').catch((cause: unknown) => {
    throw refused(cause);
  });
  // A disk that is full says so between two writes, when nobody waits for an answer.
  stream.on('error', () => undefined);
  const check = (): void => {
    if (stream.errored !== null) throw refused(stream.errored);
  };
  return {
    write: async (anomalies) => {
      for (const anomaly of anomalies) {
        check();
        if (stream.write(`${JSON.stringify(anomaly)}\n`)) continue;
        await once(stream, 'drain').catch(check);
      }
    },
    close: async () => {
      check();
      stream.end();
      await finished(stream).catch(check);
    },
  };
}
