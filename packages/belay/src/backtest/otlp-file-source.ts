import { createSpanMapper, type SpanMapper } from '@belay/collector';
import type { DecisionEvent } from '@belay/protocol';
import { fileSize, readOtlpLines } from '../replay/otlp-lines.ts';
import { parseOtlpLine } from '../replay/otlp-request.ts';
import type { BacktestReport } from './backtest-report.ts';
import type { RecordSource, SourceItem } from './record-source.ts';
import { type BacktestCapture, withoutContent } from './without-content.ts';

/** The same value hashes alike in every run: findings do not depend on the machine or the day. Guards no secret: the file has the values. */
const HASH_KEY = new TextEncoder().encode('belay backtest: hashes of short values');

export interface OtlpFileOptions {
  readonly file: string;
  readonly tenant: string;
  /** Default `redacted`. */
  readonly capture?: BacktestCapture | undefined;
  /** Told what of the file was passed over. */
  readonly report: BacktestReport;
  readonly onBadLine: (lineNumber: number, why: string) => void;
}

/** A recorded file, through the collector's mapping. The time a decision was received is the time it ended, so findings depend on nothing else. */
export async function openOtlpFile(options: OtlpFileOptions): Promise<RecordSource> {
  const total = await fileSize(options.file);
  return { name: options.file, total, items: () => itemsOf(options), close: async () => undefined };
}

async function* itemsOf({ file, tenant, capture = 'redacted', report, onBadLine }: OtlpFileOptions): AsyncGenerator<SourceItem> {
  const mapper = createSpanMapper({ hashKey: HASH_KEY, previews: capture });
  for await (const line of readOtlpLines(file)) {
    report.totals.lines += 1;
    const onBad = (why: string): void => {
      report.totals.badLines += 1;
      onBadLine(line.number, why);
    };
    for (const record of mapLine(line.text, { mapper, tenant, capture, report, onBad })) yield { record, done: line.bytesRead };
  }
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
