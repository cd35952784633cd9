import { leavesOf } from '../call/leaves.ts';
import { DESTRUCTIVE_VERBS, NOUNS_TOO, READ_VERBS, WRITE_VERBS } from '../call/verbs.ts';
import { wordsOf } from '../call/words.ts';
import { destinationsInText } from '../destinations/destinations-in-text.ts';
import { normaliseDestinations } from '../destinations/normalise-destinations.ts';
import type { DivergenceInput } from './assess-divergence.ts';
import type { DivergenceReason } from './reasons.ts';
import { areKin, isKnownVerb } from './verb-families.ts';

const INTENT_MAX = 1024;
const MONEY: RegExp = /[$€£]\s?(\d[\d.,]{0,15})|(\d[\d.,]{0,15})\s?(?:[$€£]|usd|eur|gbp|dollars?|euros?|pounds?)(?![a-z])/gi;
const AMOUNT_ROLE: RegExp = /amount|price|total|usd|eur|sum/i;
const RECIPIENT: RegExp = /^(?:mailto:|account:|host:|https?:\/\/)/;
const FILLER: ReadonlySet<string> = new Set(
  'the and for with that this from into then them they will would should could have need want user customer first next now all its our your you let'.split(
    ' ',
  ),
);

/** What the agent said against what it is about to do. */
export function intentAgainstCall(intent: string, call: DivergenceInput['call']): DivergenceReason[] {
  const said = intent.slice(0, INTENT_MAX);
  const words = wordsOf(said).map(stem);
  const reasons: DivergenceReason[] = [];
  if (call.effect !== 'read' && saysRead(words))
    reasons.push(call.effect === 'destructive' ? 'intent.says_read_destroys' : 'intent.says_read');
  if (isUnrelated(words, call)) reasons.push('intent.unrelated');
  if (hasOtherAmount(said, call.arguments)) reasons.push('intent.other_amount');
  if (hasOtherRecipient(said, call)) reasons.push('intent.other_recipient');
  return reasons;
}

/** A verb of looking, and none of any other kind; what may be a noun (`the order`) is no verb here. */
function saysRead(words: readonly string[]): boolean {
  const verbs = words.filter((word) => !NOUNS_TOO.has(word));
  const acts = (word: string): boolean =>
    WRITE_VERBS.has(word) || DESTRUCTIVE_VERBS.has(word) || (isKnownVerb(word) && !READ_VERBS.has(word) && !areKin(word, 'read'));
  return verbs.some((word) => READ_VERBS.has(word)) && !verbs.some(acts) && !acts(firstVerb(words));
}

/** `Refund the order`: a sentence that begins with the word means the verb. */
const firstVerb = (words: readonly string[]): string =>
  words.find((word) => isKnownVerb(word) || READ_VERBS.has(word) || WRITE_VERBS.has(word) || DESTRUCTIVE_VERBS.has(word)) ?? '';

/** Judged only where the intent holds a verb that is known: other languages, and a bare label, are no evidence. */
function isUnrelated(words: readonly string[], call: DivergenceInput['call']): boolean {
  const verbs = words.filter(isKnownVerb);
  if (words.length < 3 || verbs.length === 0) return false;
  const named = new Set(wordsOf(call.name).map(stem));
  for (const word of wordsInArguments(call.arguments)) named.add(word);
  if (words.some((word) => word.length > 1 && !FILLER.has(word) && named.has(word))) return false;
  return !wordsOf(call.name).some((word) => verbs.some((verb) => areKin(verb, stem(word))));
}

function wordsInArguments(args: unknown): string[] {
  const text = leavesOf(args)
    .map(({ role, value }) => `${role} ${typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 512) : ''}`)
    .join(' ');
  return wordsOf(text.slice(0, 8192)).map(stem);
}

function hasOtherAmount(said: string, args: unknown): boolean {
  const named = [...said.matchAll(MONEY)].map(([, before, after]) => numberOf(before ?? after ?? ''));
  if (named.length === 0) return false;
  const asked = leavesOf(args).filter(
    ({ key, value }) => AMOUNT_ROLE.test(key) && (typeof value === 'number' || typeof value === 'string'),
  );
  const amounts = asked.map(({ value }) => numberOf(String(value))).filter((amount) => Number.isFinite(amount));
  return amounts.length > 0 && !amounts.some((amount) => named.includes(amount));
}

const numberOf = (written: string): number =>
  Number(
    written
      .replace(/[.,](?=\d{3}(?!\d))/g, '')
      .replace(',', '.')
      .replace(/\.$/, ''),
  );

function hasOtherRecipient(said: string, call: DivergenceInput['call']): boolean {
  const named = destinationsInText(said).filter((one) => RECIPIENT.test(one));
  if (named.length === 0) return false;
  const asked = (call.destinations ?? normaliseDestinations(call.name, call.arguments)).filter((one) => RECIPIENT.test(one));
  const kinds = new Set(named.map(kindOf));
  const comparable = asked.filter((one) => kinds.has(kindOf(one)));
  return comparable.length > 0 && !comparable.some((one) => named.includes(one) && !isBareMailDomain(one, named));
}

/** Where a person is named, the same domain is not yet the same recipient. */
const isBareMailDomain = (one: string, named: readonly string[]): boolean =>
  one.startsWith('mailto:') && !one.includes('@') && named.some((other) => other.endsWith(`@${one.slice(7)}`));

const kindOf = (destination: string): string => destination.slice(0, destination.indexOf(':')).replace(/^https?$|^host$/, 'web');

/** Cheap: plural and tense off, so that `refunding`, `refunded` and `refunds` are `refund`. */
const stem = (word: string): string => (word.length > 4 ? word.replace(/(?:ing|ed|es|s)$/, '') : word.replace(/s$/, ''));
