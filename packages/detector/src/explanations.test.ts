import type { Anomaly } from '@belay/protocol';
import { expect, test } from 'vitest';
import { parseDetectorConfig } from './config.ts';
import { CONVERSATION_DETECTOR } from './conversation/conversation-detector.ts';
import { detectorRegistry } from './detectors/registry.ts';
import { Pipeline } from './pipeline/pipeline.ts';
import { ATTACKS } from './testing/attack-streams.test-support.ts';
import { TREE_ATTACKS } from './testing/tree-attacks.test-support.ts';
import { treeAnomalies } from './testing/trees.test-support.ts';

/** The first anomaly of each rule and severity that a detector's own attack leads to, with everything enforced. */
function sentencesOf(id: string): string[] {
  const parsed = parseDetectorConfig({ modes: [{ detector: '*', mode: 'enforce' }] });
  if ('problems' in parsed) throw new Error(parsed.problems.join());
  const pipeline = new Pipeline(parsed.config);
  const found = (ATTACKS[id]?.attack ?? [])
    .flatMap((item) => pipeline.push(item, 'record' in item ? item.atUs : item.receivedUs))
    .filter(({ detector }) => detector === id);
  return firstsOf(found);
}

const treeSentences = (): string[] => firstsOf(Object.values(TREE_ATTACKS).flatMap((attack) => treeAnomalies(attack())));

function firstsOf(found: readonly Anomaly[]): string[] {
  const firsts = new Map(found.toReversed().map((one) => [`${one.rule} ${one.severity}`, one]));
  return [...firsts.values()].toReversed().map((one) => `**${one.rule}** (${one.severity}, ${one.response}): ${one.explanation}`);
}

test('the sentences that people are woken with are the ones that were reviewed', async () => {
  const pages = [...detectorRegistry.map(({ id }) => [id, sentencesOf(id)] as const), [CONVERSATION_DETECTOR.id, treeSentences()] as const];
  const page = pages.map(([id, sentences]) => `## ${id}\n\n${sentences.join('\n\n')}\n`);
  const head =
    '# Sentences\n\nWhat each detector says of its own attack stream. A change here is a change of what people read at 3 a.m.: review it.\n';
  await expect([head, ...page].join('\n')).toMatchFileSnapshot('./explanations.golden.md');
});

test('every sentence says how to answer it', () => {
  for (const { id, probe } of detectorRegistry)
    for (const one of sentencesOf(id)) expect(one).toMatch(probe ? /nothing is wrong/ : /belay (feedback|resume|pause|holds) /);
  for (const one of treeSentences()) expect(one).toMatch(/belay (feedback|resume) /);
});
