import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordingOf } from '../sweep/recording.test-support.ts';
import { createReport } from './backtest-report.ts';
import { openOtlpFile } from './otlp-file-source.ts';
import type { BacktestCapture } from './without-content.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-capture-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Everything the detectors are told of a call. */
async function told(call: { args: string; result: string; intent: string }, capture: BacktestCapture): Promise<string> {
  const file = join(folder, 'call.jsonl');
  await writeFile(file, recordingOf([{ agent: 'a', session: 's', atS: 0, ...call }]));
  const onBadLine = (line: number, why: string): never => expect.fail(`${line}: ${why}`);
  const source = await openOtlpFile({ file, tenant: 'default', capture, report: createReport(), onBadLine });
  const records = [];
  for await (const { record } of source.items()) records.push(record);
  return JSON.stringify(records);
}

/** Words that nothing else of an event can contain: no key, no hash, no destination. */
const phrase = fc
  .array(fc.constantFrom('quarterly', 'Überweisung', 'plum jam', 'ZZ-TOP', 'nachts um drei'), { minLength: 2, maxLength: 6 })
  .map((words) => words.join(' '));

describe('capture off', () => {
  it('leaves nothing of arguments, results, intents and summaries in what the detectors are told', async () => {
    await fc.assert(
      fc.asyncProperty(phrase, phrase, phrase, async (args, result, intent) => {
        const text = await told({ args: JSON.stringify({ note: args }), result: JSON.stringify({ body: result }), intent }, 'off');
        for (const content of [args, result, intent]) expect(text).not.toContain(content);
        expect(text).not.toMatch(/Preview|"intent"|"summary"/);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps what is worked out of them: digests, features, destinations, sizes', async () => {
    const call = { args: '{"to":"eve@example.com","note":"plum jam"}', result: '{"sent":true}', intent: 'plum jam for all' };
    const [off] = JSON.parse(await told(call, 'off'));
    const [on] = JSON.parse(await told(call, 'redacted'));
    expect(on.call.argumentsPreview).toContain('plum jam');
    expect(on.intent).toBe('plum jam for all');
    const { argumentsPreview, ...callFacts } = on.call;
    const { resultPreview, summary, ...outcomeFacts } = on.outcome;
    expect(off.call).toEqual(callFacts);
    expect(off.outcome).toEqual(outcomeFacts);
    expect(off.call.destinations).not.toEqual([]);
  });
});
