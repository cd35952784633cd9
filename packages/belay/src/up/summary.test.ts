import { expect, it } from 'vitest';
import { createTerminal } from '../output/terminal.ts';
import type { Platform } from './platform.ts';
import { printSummary } from './summary.ts';
import type { UpSettings } from './up-settings.ts';

function summaryOf(collectorUrl: string, controlUrl: string): string {
  const written = { out: '' };
  const terminal = createTerminal({ out: { write: (text) => (written.out += text) }, err: { write: () => true } }, {});
  const engines = { bus: 'b', store: 's', database: 'd' };
  const platform = { collectorUrl, controlUrl, statusUrl: 'http://127.0.0.1:9464', engines } as Platform;
  printSummary(platform, { settings: { data: '.belay' } as UpSettings, terminal, tookMs: 1 });
  return written.out;
}

it('the command for an own agent says the addresses that it would not find by itself', () => {
  expect(summaryOf('http://127.0.0.1:4318', 'http://127.0.0.1:4319')).toMatch(/^ {2}BELAY_TOKEN=/m);
  expect(summaryOf('http://127.0.0.1:5', 'http://127.0.0.1:6')).toMatch(
    /^ {2}BELAY_ENDPOINT=http:\/\/127\.0\.0\.1:5 BELAY_CONTROL_ENDPOINT=http:\/\/127\.0\.0\.1:6 BELAY_TOKEN=/m,
  );
});
