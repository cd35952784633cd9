import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@belay/protocol';
import { renewIds } from './new-ids.ts';
import { readOtlpLines } from './otlp-lines.ts';
import { latestEndUs, parseOtlpLine, spansOf } from './otlp-request.ts';
import { createPacer } from './pacer.ts';
import { type SendTarget, sendTraces } from './send-traces.ts';

export interface ReplayOptions {
  readonly target: SendTarget;
  /** 1 = as recorded; undefined = as fast as it goes. */
  readonly speed: number | undefined;
  /** Salt of new ids; undefined = the ids of the file, so that a second replay changes nothing. */
  readonly idSalt: string | undefined;
  readonly clock: Clock;
  readonly onBadLine: (lineNumber: number, why: string) => void;
  readonly onProgress: (bytesRead: number, totals: ReplayTotals) => void;
}

export interface ReplayTotals {
  lines: number;
  spans: number;
  /** Spans in accepted requests less those that the collector rejected. */
  accepted: number;
  rejected: number;
  /** Lines that were no trace export, or that the collector refused whole. */
  badLines: number;
}

/** Sends a file of OTLP/JSON lines, in order, one request a line, each acknowledged before the next. */
export async function replayFile(path: string, options: ReplayOptions): Promise<ReplayTotals> {
  const totals: ReplayTotals = { lines: 0, spans: 0, accepted: 0, rejected: 0, badLines: 0 };
  const pacer = createPacer(options.speed);
  for await (const line of readOtlpLines(path)) {
    totals.lines += 1;
    const parsed = parseOtlpLine(line.text);
    if ('malformed' in parsed) {
      totals.badLines += 1;
      options.onBadLine(line.number, parsed.malformed);
      continue;
    }
    const delayMs = pacer.delayMs(latestEndUs(parsed.request) ?? 0, options.clock.nowUs());
    if (delayMs > 1) await sleep(delayMs, undefined, { signal: options.target.signal });
    if (options.idSalt !== undefined) renewIds(parsed.request, options.idSalt);
    const body = options.idSalt === undefined ? line.text : JSON.stringify(parsed.request);
    await sendLine(body, [...spansOf(parsed.request)].length, line.number, { totals, options });
    options.onProgress(line.bytesRead, totals);
  }
  return totals;
}

async function sendLine(
  body: string,
  spans: number,
  lineNumber: number,
  state: { totals: ReplayTotals; options: ReplayOptions },
): Promise<void> {
  const { totals, options } = state;
  totals.spans += spans;
  const result = await sendTraces(body, options.target);
  if (result.kind === 'refused') {
    totals.badLines += 1;
    totals.rejected += spans;
    options.onBadLine(lineNumber, `refused by the collector (HTTP ${result.status}): ${result.message}`);
    return;
  }
  totals.rejected += result.rejectedSpans;
  totals.accepted += spans - result.rejectedSpans;
  if (result.rejectedSpans > 0)
    options.onBadLine(lineNumber, `${result.rejectedSpans} of ${spans} spans rejected: ${result.message ?? 'no reason given'}`);
}
