import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DecisionEvent, decisionEventSchema } from '@belay/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { HASH_KEY } from '../testing/collector.for-test.ts';
import { createSpanMapper } from './span-mapper.ts';

const data = process.env.BELAY_EVAL_DIR ?? join(import.meta.dirname, '../../../../../shared/eval');
const folder = mkdtempSync(join(tmpdir(), 'belay-recorded-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface OtlpSpan {
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string; readonly intValue?: string } }[];
}

/** Recorded runs of agents that others have built, as OTLP/JSON lines; skipped where the data is not there. */
describe.skipIf(!existsSync(join(data, 'tools/to-otlp.mjs')))('recorded agents', () => {
  it.each(['agentdojo', 'swe', 'tau', 'react', 'whowhen', 'loops', 'spend'])(
    'of %s are read fully: every span, every attribute, every digest given',
    (corpus) => {
      const out = join(folder, `${corpus}.jsonl`);
      const tool = join(data, 'tools/to-otlp.mjs');
      execFileSync(process.execPath, [tool, '--corpus', corpus, '--data', data, '--limit', '3', '--out', out, '--labels', `${out}.labels`]);
      const mapper = createSpanMapper({ hashKey: HASH_KEY, previews: 'full' });
      for (const line of readFileSync(out, 'utf8').trim().split('\n')) {
        const request = JSON.parse(line) as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] };
        const spans = request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
        const { events, skipped, rejected } = mapper.mapOtlpJson(request, { tenant: 'eval', receivedUs: 1 });
        expect([events.length, skipped, rejected]).toEqual([spans.length, 0, []]);
        for (const [index, event] of events.entries()) expectAsGiven(spans[index], event);
      }
    },
  );
});

function expectAsGiven(span: OtlpSpan | undefined, event: DecisionEvent): void {
  expect(decisionEventSchema.safeParse(event).error?.issues).toBeUndefined();
  const given = new Map(span?.attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));
  expect([event.agent.id, event.agent.name, event.runId, event.sessionId, event.seq, event.turn]).toEqual(
    ['agent.id', 'agent.name', 'run', 'conversation.id', 'seq', 'turn'].map((name) => given.get(NAMES[name] ?? `gen_ai.${name}`)),
  );
  expect(event.call?.digest).toBe(given.get('belay.call.digest'));
  expect(event.costNanoUsd).toBe(given.get('belay.cost.nano_usd'));
  expect(event.usage?.inputTokens).toBe(given.get('gen_ai.usage.input_tokens'));
  if (given.has('belay.outcome.result_digest')) expect(event.outcome?.resultDigest).toBe(given.get('belay.outcome.result_digest'));
  if (given.has('belay.outcome.status')) expect(event.outcome?.status).toBe(given.get('belay.outcome.status'));
  if (given.has('belay.policy.verdict')) expect(event.policy?.verdict).toBe(given.get('belay.policy.verdict'));
}

const NAMES: Readonly<Record<string, string>> = { run: 'belay.run.id', seq: 'belay.decision.seq', turn: 'belay.session.turn' };
