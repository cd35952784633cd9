import { expect, test } from 'vitest';
import { parseDetectorConfig } from './config.ts';
import { detectorRegistry } from './detectors/registry.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { ATTACKS } from './testing/attack-streams.test-support.ts';

/** The first anomaly of each rule and severity that a detector's own attack leads to, with everything enforced. */
function sentencesOf(id: string): string[] {
  const parsed = parseDetectorConfig({ modes: [{ detector: '*', mode: 'enforce' }] });
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  const pipeline = new Pipeline(parsed.config);
  const found = (ATTACKS[id]?.attack ?? [])
    .flatMap((item) => pipeline.push(item, 'record' in item ? item.atUs : item.receivedUs))
    .filter(({ detector }) => detector === id);
  const firsts = new Map(found.toReversed().map((one) => [`${one.rule} ${one.severity}`, one]));
  return [...firsts.values()].toReversed().map((one) => `**${one.rule}** (${one.severity}, ${one.response}): ${one.explanation}`);
}

test('the sentences that people are woken with are the ones that were reviewed', async () => {
  const page = detectorRegistry.map(({ id }) => `## ${id}\n\n${sentencesOf(id).join('\n\n')}\n`);
  const head =
    '# Sentences\n\nWhat each detector says of its own attack stream. A change here is a change of what people read at 3 a.m.: review it.\n';
  await expect([head, ...page].join('\n')).toMatchFileSnapshot('./explanations.golden.md');
});

test('every sentence says how to answer it', () => {
  for (const { id, probe } of detectorRegistry)
    for (const one of sentencesOf(id)) expect(one).toMatch(probe ? /nothing is wrong/ : /belay (feedback|resume|pause|holds) /);
});
