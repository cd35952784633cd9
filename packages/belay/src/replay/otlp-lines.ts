import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { createGunzip } from 'node:zlib';
import { CliError, messageOf } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** A longer line is no trace export: reading it would only fill the memory. */
const LINE_MAX_CHARACTERS = 64 * 1024 * 1024;

export interface OtlpLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** Bytes of the file read so far (compressed ones of a .gz file): for progress. */
  readonly bytesRead: number;
}

/** Size in bytes, for progress. @throws CliError when there is no such file. */
export async function fileSize(path: string): Promise<number> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) throw new CliError(EXIT.usage, `${path} is a folder; a file of OTLP/JSON lines is needed.`);
    return facts.size;
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(EXIT.notFound, `${path} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

/**
 * Streams the lines of a file as the OpenTelemetry Collector's file exporter writes them; `.gz` is unpacked on the way. Empty lines are
 * left out, but counted in the numbers.
 * @throws CliError when the file cannot be read, is damaged, or has a line over {@link LINE_MAX_CHARACTERS}.
 */
export async function* readOtlpLines(path: string): AsyncGenerator<OtlpLine> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const input: Readable = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => input.destroy(error));
  const decoder = new StringDecoder('utf8');
  let number = 0;
  let rest = '';
  try {
    for await (const chunk of input) {
      const pieces = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = pieces.pop() ?? '';
      if (rest.length > LINE_MAX_CHARACTERS)
        throw new CliError(EXIT.failure, `${path}:${number + pieces.length + 1}: the line is too long to be a trace export.`);
      for (const text of pieces) {
        number += 1;
        if (text.trim() !== '') yield { number, text, bytesRead: file.bytesRead };
      }
    }
    rest += decoder.end();
    if (rest.trim() !== '') yield { number: number + 1, text: rest, bytesRead: file.bytesRead };
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(EXIT.failure, `${path} could not be read to its end (line ${number}): ${messageOf(error)}.`, { cause: error });
  } finally {
    file.destroy();
  }
}
