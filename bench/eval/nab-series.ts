import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** One row: the time as it is written, in microseconds, and the value; NaN where the file says nothing. */
export interface NabRow {
  readonly timestamp: string;
  readonly atUs: number;
  readonly value: number;
}

export interface NabFile {
  readonly group: string;
  /** `<name>.csv`, also of a packed file. */
  readonly file: string;
  readonly path: string;
}

const isSeries = (name: string): boolean => name.endsWith('.csv') || name.endsWith('.csv.gz');
const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/**
 * Every series under the folder: `<data>/data/<group>/<file>.csv`, also packed (.gz), also one folder below (nab) or without `data`.
 * @throws Error when the folder is missing or has no series.
 */
export function findNabSeries(data: string): { readonly files: readonly NabFile[]; readonly root: string } {
  if (!existsSync(data)) throw new Error(`There is no folder ${data}. Give the folder that has data/<group>/<file>.csv.`);
  const root = [join(data, 'data'), join(data, 'nab/data'), data].find(existsSync) ?? data;
  const files = folders(root).flatMap((group) =>
    readdirSync(join(root, group))
      .filter(isSeries)
      .sort()
      .map((name) => ({ group, file: basename(name, '.gz'), path: join(root, group, name) })),
  );
  if (files.length === 0)
    throw new Error(`${root} has no <group>/<file>.csv or .csv.gz. Give the folder that has data/<group>/<file>.csv.`);
  return { files, root };
}

/** Rows of a series, one at a time. @throws Error with path and line of the first row that cannot be read. */
export function* readNabSeries(path: string): Generator<NabRow> {
  const bytes = readFileSync(path);
  const text = path.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8');
  const [header = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim().toLowerCase());
  const [time, value] = [names.indexOf('timestamp'), names.indexOf('value')];
  if (time < 0 || value < 0)
    throw new Error(`${path}:1: the header needs the columns timestamp and value, and is "${header.slice(0, 100)}".`);
  let number = 1;
  for (const line of lines) {
    number++;
    if (line.trim() === '') continue;
    const cells = line.split(',');
    yield readRow(cells[time]?.trim(), cells[value]?.trim(), `${path}:${number}`);
  }
}

function readRow(timestamp: string | undefined, value: string | undefined, place: string): NabRow {
  if (timestamp === undefined || value === undefined) throw new Error(`${place}: the row has fewer columns than the header.`);
  const atUs = nabTimeUs(timestamp);
  if (Number.isNaN(atUs)) throw new Error(`${place}: "${timestamp.slice(0, 40)}" is no time. Expected: 2014-04-01 00:00:00.`);
  if (value === '' || value.toLowerCase() === 'nan') return { timestamp, atUs, value: Number.NaN };
  const number = Number(value);
  if (Number.isNaN(number)) throw new Error(`${place}: "${value.slice(0, 40)}" is no number. Leave the value empty where there is none.`);
  return { timestamp, atUs, value: number };
}

/** `2014-04-01 00:00:00`, with or without a fraction, taken as UTC; NaN for anything else. */
export function nabTimeUs(text: string): number {
  const [, day, time, fraction = ''] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?:\.(\d+))?Z?$/.exec(text) ?? [];
  if (day === undefined) return Number.NaN;
  return Date.parse(`${day}T${time}Z`) * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
