import {
  type Call,
  callDigest,
  callDigestOfText,
  type Feature,
  featuresOf,
  hasSecretKey,
  inferEffect,
  type Json,
  type Leaf,
  leavesOf,
  normaliseDestinations,
  sketchOf,
  sketchOfText,
  vocabulary,
} from '@belay/protocol';
import { SLOT } from '../otlp/attribute-slots.ts';
import type { SlotValues } from '../otlp/raw-span.ts';
import { type Content, contentPreview } from './content.ts';
import type { MappingOptions } from './mapping-options.ts';
import { readFeatures } from './read-features.ts';
import { isObject, readBoolean, readCount, readNumber, readObject, readText, readTexts, readWord } from './read-value.ts';

const DESTINATIONS_MAX = 32;
const DESTINATION_LENGTH_MAX = 512;

/** The call of a tool, a proposal or a hand-over: what the span says, and what follows from its arguments where the span is silent. */
export function mapCall(name: string, values: SlotValues, args: Content | undefined, options: MappingOptions): Call {
  const leaves = args === undefined || isDescribed(values) ? undefined : (args.scanned?.leaves ?? leavesOf(args.value));
  const call: Call = {
    name,
    effect: readWord(values[SLOT.effect], vocabulary.EFFECTS) ?? inferEffect(name),
    destinations: readTexts(values[SLOT.callDestinations], DESTINATIONS_MAX, DESTINATION_LENGTH_MAX) ?? destinationsOf(name, args, leaves),
  };
  addDigest(call, values, args);
  addFeatures(call, values, args, { hashKey: options.hashKey, leaves });
  if (args !== undefined) addArguments(call, args, options, values[SLOT.callFeatures] === undefined && isClean(call, args));
  addFacts(call, values);
  const callId = readText(values[SLOT.toolCallId], 256);
  if (callId !== undefined) call.callId = callId;
  return call;
}

/** The agent's side has worked out everything that is taken from single arguments, so they need not be looked at one by one. */
const isDescribed = (values: SlotValues): boolean =>
  values[SLOT.callDestinations] !== undefined && values[SLOT.callFeatures] !== undefined && values[SLOT.callSketch] !== undefined;

function destinationsOf(name: string, args: Content | undefined, leaves: readonly Leaf[] | undefined): string[] {
  if (args === undefined) return [];
  // The whole value matters only where it names an owner.
  const found = normaliseDestinations(name, args.scanned?.hasOwner === false ? undefined : args.value, leaves);
  return found.length > DESTINATIONS_MAX ? found.slice(0, DESTINATIONS_MAX) : found;
}

function addDigest(call: Call, values: SlotValues, args: Content | undefined): void {
  const given = readText(values[SLOT.callDigest], 96);
  if (given !== undefined) call.digest = given;
  else if (args?.scanned !== undefined) call.digest = callDigestOfText(call.name, args.scanned.canonical);
  else if (args !== undefined) call.digest = callDigest(call.name, args.value);
}

const SKETCH = /^[0-9a-f]{16}$/;

interface Reading {
  readonly hashKey: Uint8Array;
  /** Of the arguments, where something is to be taken from them. */
  readonly leaves: readonly Leaf[] | undefined;
}

function addFeatures(call: Call, values: SlotValues, args: Content | undefined, { hashKey, leaves }: Reading): void {
  const features: Feature[] | undefined =
    readFeatures(values[SLOT.callFeatures]) ?? (args && featuresOf(leaves === undefined ? args.value : undefined, hashKey, leaves));
  if (features !== undefined) call.features = features;
  const given = readText(values[SLOT.callSketch], 17);
  if (given !== undefined && SKETCH.test(given)) call.sketch = given;
  else if (args?.scanned?.isFlat === true) call.sketch = sketchOfText(args.text);
  else if (args !== undefined) call.sketch = sketchOf(leaves === undefined ? args.value : undefined, leaves);
}

const FEATURES_MAX = 16;
const SECRET_FLAGS: ReadonlySet<string> = new Set(['credential', 'secret-name']);
/** As much of each value as the features are taken from. */
const SCANNED_MAX = 4096;
const FEATURE_LEVELS = 6;

/**
 * Whether the features worked out here have already shown that no argument is a secret or named like one. Of nested arguments the features see the
 * innermost name only, and of numbers none, so there all names are looked at, as deep as features are taken.
 */
const isClean = ({ features = [] }: Call, args: Content): boolean =>
  (args.scanned !== undefined || isObject(args.value)) &&
  args.text.length <= SCANNED_MAX &&
  features.length < FEATURES_MAX &&
  features.every(({ flags }) => flags === undefined || !flags.some((flag) => SECRET_FLAGS.has(flag))) &&
  !(args.scanned?.hasSecretKey ?? (features.some(hidesName) && hasSecretKey(args.value, FEATURE_LEVELS)));

const hidesName = ({ role, kind }: Feature): boolean => kind === 'number' || role.includes('.');

function addArguments(call: Call, args: Content, options: MappingOptions, clean: boolean): void {
  const shown = contentPreview(args, options.previews, options.previewMaxBytes, clean);
  if (shown !== undefined) call.argumentsPreview = shown;
  call.argumentsBytes = Buffer.byteLength(args.text);
}

/** Facts that policy decides on, where the author gave them. */
function addFacts(call: Call, values: SlotValues): void {
  const tier = values[SLOT.tier];
  if (tier === 1 || tier === 2 || tier === 3) call.tier = tier;
  const reversible = readBoolean(values[SLOT.callReversible]);
  if (reversible !== undefined) call.reversible = reversible;
  const sensitivity = readWord(values[SLOT.callSensitivity], vocabulary.SENSITIVITIES);
  if (sensitivity !== undefined) call.sensitivity = sensitivity;
  const maxImpact = readMaxImpact(values[SLOT.callMaxImpact]);
  if (maxImpact !== undefined) call.maxImpact = maxImpact;
  const confidence = readNumber(values[SLOT.callConfidence], 0, 1);
  if (confidence !== undefined) call.confidence = confidence;
  const attempt = readCount(values[SLOT.callAttempt]);
  if (attempt !== undefined) call.attempt = attempt;
  const retryOf = readText(values[SLOT.callRetryOf], 64);
  if (retryOf !== undefined) call.retryOf = retryOf;
  const poll = readBoolean(values[SLOT.callPoll]);
  if (poll !== undefined) call.poll = poll;
}

function readMaxImpact(value: Json | undefined): Call['maxImpact'] {
  const given = readObject(value);
  if (!isObject(given)) return undefined;
  const impact: NonNullable<Call['maxImpact']> = {};
  const rows = readCount(given.rows);
  if (rows !== undefined) impact.rows = rows;
  const usd = readNumber(given.usd, 0, Number.MAX_VALUE);
  if (usd !== undefined) impact.usd = usd;
  const recipients = readCount(given.recipients);
  if (recipients !== undefined) impact.recipients = recipients;
  return impact;
}
