import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createSpanMapper, type SpanMapper } from '@belay/collector';
import { createBacktest, type DetectorConfig } from '@belay/detector';
import type { Anomaly, DecisionEvent } from '@belay/protocol';
import { CliError, messageOf } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { readOtlpLines } from '../replay/otlp-lines.ts';
import { parseOtlpLine } from '../replay/otlp-request.ts';
import { type BacktestReport, createReport } from './backtest-report.ts';
import { type BacktestCapture, withoutContent } from './without-content.ts';

export interface BacktestRun {
  readonly file: string;
  /** Anomalies as JSON lines, in the order they were found; undefined = only the summary. */
  readonly out: string | undefined;
  readonly tenant: string;
  readonly config: DetectorConfig;
  /** Default `redacted`. */
  readonly capture?: BacktestCapture | undefined;
  readonly onBadLine: (lineNumber: number, why: string) => void;
  readonly onProgress: (bytesRead: number, decisions: number) => void;
  readonly signal: AbortSignal;
}

/** The same value hashes alike in every run: findings do not depend on the machine or the day. Guards no secret: the file has the values. */
const HASH_KEY = new TextEncoder().encode('belay backtest: hashes of short values');

/**
 * Sends a recorded file through the collector's mapping and the detectors' pipeline, offline. Deterministic: the time a decision was
 * received is the time it ended, so the same file and configuration give the same bytes.
 */
export async function runBacktest(run: BacktestRun): Promise<BacktestReport> {
  const capture = run.capture ?? 'redacted';
  const mapper = createSpanMapper({ hashKey: HASH_KEY, previews: capture });
  const backtest = createBacktest(run.config);
  const report = createReport();
  const output = await openOutput(run.out);
  try {
    for await (const line of readOtlpLines(run.file)) {
      run.signal.throwIfAborted();
      const onBad = (why: string): void => badLine(run, report, line.number, why);
      for (const event of mapLine(line.text, { mapper, tenant: run.tenant, capture, report, onBad })) {
        report.event(event);
        await output.write(backtest.push(event), report);
      }
      run.onProgress(line.bytesRead, report.totals.decisions);
    }
    await output.write(backtest.finish(), report);
  } finally {
    await output.close();
  }
  return report;
}

function badLine(run: BacktestRun, report: BacktestReport, lineNumber: number, why: string): void {
  report.totals.badLines += 1;
  run.onBadLine(lineNumber, why);
}

function mapLine(
  text: string,
  mapping: { mapper: SpanMapper; tenant: string; capture: BacktestCapture; report: BacktestReport; onBad: (why: string) => void },
): DecisionEvent[] {
  const { mapper, tenant, capture, report, onBad } = mapping;
  const parsed = parseOtlpLine(text);
  if ('malformed' in parsed) {
    onBad(parsed.malformed);
    return [];
  }
  const { events, skipped, rejected, malformed } = mapper.mapOtlpJson(parsed.request, { tenant, receivedUs: 0 });
  if (malformed !== undefined) onBad(malformed.reason);
  report.totals.skippedSpans += skipped;
  for (const { reason } of rejected) report.rejected(reason);
  const received = events.map((event) => ({ ...event, receivedUs: event.startUs + event.durationUs }));
  return capture === 'off' ? received.map(withoutContent) : received;
}

interface Output {
  write(anomalies: readonly Anomaly[], report: BacktestReport): Promise<void>;
  close(): Promise<void>;
}

async function openOutput(path: string | undefined): Promise<Output> {
  if (path === undefined) {
    return { write: async (anomalies, report) => anomalies.forEach(report.anomaly), close: async () => undefined };
  }
  await mkdir(dirname(resolve(path)), { recursive: true });
  const stream = createWriteStream(path);
  await once(stream, 'open').catch((cause: unknown) => {
    throw new CliError(EXIT.usage, `${path} cannot be written: ${messageOf(cause)}.`, { cause });
  });
  return {
    write: async (anomalies, report) => {
      for (const anomaly of anomalies) {
        report.anomaly(anomaly);
        if (!stream.write(`${JSON.stringify(anomaly)}\n`)) await once(stream, 'drain');
      }
    },
    close: () => new Promise((done, fail) => stream.end((error?: Error | null) => (error ? fail(error) : done()))),
  };
}
