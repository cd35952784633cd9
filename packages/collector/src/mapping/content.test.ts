import { describe, expect, it } from 'vitest';
import { HASH_KEY } from '../testing/collector.for-test.ts';
import { request, toolSpan } from '../testing/otlp-spans.for-test.ts';
import { createSpanMapper } from './span-mapper.ts';

const mapper = createSpanMapper({ hashKey: HASH_KEY });
const SECRET = 'hunter2-hunter2-hunter2';
const KEY = `sk-${'a1B2'.repeat(8)}`;

function previewOf(args: unknown, attributes: object = {}): string | undefined {
  const span = toolSpan({ 'gen_ai.tool.call.arguments': args, ...attributes });
  return mapper.mapOtlpJson(request([span]), { tenant: 'acme', receivedUs: 1 }).events[0]?.call?.argumentsPreview;
}

describe('a preview of arguments holds no credential', () => {
  it.each([
    ['under a secret name', { password: SECRET }],
    ['in a list under a secret name', { passwords: [SECRET] }],
    ['in an object under a secret name', { password: { value: SECRET } }],
    ['deep inside', { a: { b: { c: [{ api_key: SECRET }] } } }],
    ['that shows what it is', { note: `use ${KEY}` }],
    ['behind sixteen other arguments', { ...Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`a${i}`, i])), password: SECRET }],
    ['behind four thousand characters', { note: `${'x '.repeat(2100)}${KEY}` }],
  ])('%s', (_, args) => {
    const shown = previewOf(JSON.stringify(args));
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(KEY);
  });

  it.each(['{"pin":48213755}', '{"pin":48213755,"note":"é"}'])('that is a number: %s', (args) => {
    expect(previewOf(args)).not.toContain('48213755');
  });

  it('in the first of two values under one name', () => {
    expect(previewOf(`{"q":"${KEY}","q":"fine"}`)).toBe('{"q":"fine"}');
    expect(previewOf(`{"password":"${SECRET}","password":""}`)).not.toContain(SECRET);
  });

  it('when the agent sent features that say there is none', () => {
    const features = JSON.stringify([{ role: 'password', kind: 'text', length: 23 }]);
    expect(previewOf(JSON.stringify({ password: SECRET }), { 'belay.call.features': features })).not.toContain(SECRET);
  });

  it('in arguments that are no JSON', () => {
    expect(previewOf(`password=${SECRET} and ${KEY}`)).not.toContain(KEY);
  });

  it('cut in half at its end', () => {
    expect(previewOf(JSON.stringify({ note: `${'y'.repeat(990)} ${KEY}` }))).not.toContain(KEY.slice(0, 12));
  });
});

it('a preview of harmless arguments is their JSON', () => {
  expect(previewOf('{ "q": "weather", "n": 3 }')).toBe('{"q":"weather","n":3}');
});
