import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from '../canonical/canonical-json.ts';
import { callDigest, callDigestOfText } from '../canonical/digest.ts';
import { hasSecretKey } from '../redaction/secret-keys.ts';
import { leavesOf } from './leaves.ts';
import { scanArguments } from './scan-arguments.ts';
import { sketchOf } from './sketch.ts';
import { sketchOfText } from './sketch-of-text.ts';

const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom('to', 'path', 'b', 'a', 'owner', 'org', 'password', 'num_results', 'a.b', 'x-y', '__proto__', '', '10', 'é'),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 6 }) },
);
const scalar = fc.oneof(
  { weight: 5, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(true, false, null, 1e21, 1e-7, '/etc/passwd', 'a@b.example'),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 6 }, { weight: 6, arbitrary: scalar }, fc.array(tie('value'), { maxLength: 4 }), tie('object')),
  object: fc.array(fc.tuple(name, tie('value')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
}));
const object = fc.array(fc.tuple(name, value), { maxLength: 8 }).map((entries) => Object.fromEntries(entries) as Record<string, unknown>);

function expectAsParsed(text: string): void {
  const scanned = scanArguments(text);
  if (scanned === undefined) return;
  const args = JSON.parse(text) as Record<string, unknown>;
  expect(text).toBe(JSON.stringify(args));
  expect(scanned.leaves).toEqual(leavesOf(args));
  expect(scanned.canonical).toBe(canonicalJson(args));
  expect(callDigestOfText('x', scanned.canonical)).toBe(callDigest('x', args));
  expect(scanned.hasSecretKey).toBe(hasSecretKey(args, 6));
  expect(scanned.hasOwner).toBe('owner' in args || 'org' in args);
  if (scanned.isFlat) expect(sketchOfText(text)).toBe(sketchOf(args));
}

it('what one walk shows is what parsing and going over the value shows', () => {
  fc.assert(
    fc.property(object, (args) => expectAsParsed(JSON.stringify(args))),
    { numRuns: 2000 },
  );
});

it('text that has been tampered with is either refused or read as a parser reads it', () => {
  const units = fc.constantFrom('"', '{', '}', '[', ']', ':', ',', '0', '-', '.', 'e', ' ', '\\', 't', 'é', '');
  fc.assert(
    fc.property(object, fc.nat(), units, fc.nat(2), (args, at, unit, cut) => {
      const text = JSON.stringify(args);
      const place = at % text.length;
      expectAsParsed(text.slice(0, place) + unit + text.slice(place + cut));
    }),
    { numRuns: 3000 },
  );
});

it.each(['{"query":"one two","num_results":5,"safe":true,"none":null}', '{"b":{"d":[1,{"f":"x","e":[]}],"c":-0.5},"a":{}}', '{}'])(
  '%s is read in one walk',
  (text) => {
    expect(scanArguments(text)).toBeDefined();
    expectAsParsed(text);
  },
);

it.each([
  ['a name twice', '{"a":1,"a":2}'],
  ['names that an object orders by itself', '{"10":1}'],
  ['a prototype', '{"__proto__":1}'],
  ['an escape', '{"a":"\\n"}'],
  ['characters beyond ASCII', '{"a":"é"}'],
  ['a number in another form', '{"a":1.0}'],
  ['no number', '{"a":Infinity}'],
  ['spaces', '{"a": 1}'],
  ['an open end', '{"a":"b'],
  ['something behind it', '{"a":1}}'],
  ['deep nesting', '{"a":[[[[[1]]]]]}'],
  ['a list', '[1]'],
])('%s is for a parser', (_, text) => {
  expect(scanArguments(text)).toBeUndefined();
});
