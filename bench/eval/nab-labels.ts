import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NabFile, nabTimeUs } from './nab-series.ts';

/** Whether a time of a series lies in a labelled window. Only the column `label` knows of it, never a score. */
export type NabLabels = (file: NabFile, atUs: number) => 0 | 1;

/** Labels from `labels/combined_windows.json` beside the series; 0 for all where there are none. @throws Error when the file is no JSON object. */
export function readNabLabels(root: string): NabLabels {
  const path = join(root, '../labels/combined_windows.json');
  if (!existsSync(path)) return () => 0;
  const windows: Record<string, [string, string][]> = JSON.parse(readFileSync(path, 'utf8'));
  return ({ group, file }, atUs) =>
    windows[`${group}/${file}`]?.some(([from, to]) => nabTimeUs(from) <= atUs && atUs <= nabTimeUs(to)) ? 1 : 0;
}
