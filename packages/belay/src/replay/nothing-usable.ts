import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** @throws CliError when a file has no line, or not one that could be used: a run over nothing shows nothing. */
export function refuseUnusable(file: string, { lines, badLines }: { readonly lines: number; readonly badLines: number }): void {
  if (lines > badLines) return;
  const what =
    lines === 0 ? `${file} is empty: there is nothing in it to run over.` : `Not one line of ${file} could be used: all ${lines} are bad.`;
  throw new CliError(EXIT.checkFailed, what, {
    hint: 'It takes OTLP/JSON lines, as the file exporter of the OpenTelemetry Collector writes them: each one an object with resourceSpans.',
  });
}
