import { leavesOf } from '../call/leaves.ts';
import { destinationsInText } from './destinations-in-text.ts';

/** Where a call goes. */
export function normaliseDestinations(_tool: string, args: unknown): string[] {
  const found = new Set<string>();
  for (const { value } of leavesOf(args)) if (typeof value === 'string') for (const one of destinationsInText(value)) found.add(one);
  return [...found].slice(0, 32);
}
