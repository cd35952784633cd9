import { type Feature, featureSchema, type Json } from '@belay/protocol';
import { parseJson } from './read-value.ts';

const FEATURES_MAX = 16;

/** Features as an agent sent them (a JSON list): those that are well-formed, at most 16; undefined when there is no list. */
export function readFeatures(value: Json | undefined): Feature[] | undefined {
  const list = typeof value === 'string' ? parseJson(value) : value;
  if (!Array.isArray(list)) return undefined;
  const features: Feature[] = [];
  for (const item of (list as readonly Json[]).slice(0, FEATURES_MAX)) {
    const parsed = featureSchema.safeParse(item);
    if (parsed.success) features.push(parsed.data);
  }
  return features;
}
