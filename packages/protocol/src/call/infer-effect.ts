import type { Effect } from '../event/vocabulary.ts';
import { DESTRUCTIVE_VERBS, NOUNS_TOO, READ_VERBS, WRITE_VERBS } from './verbs.ts';
import { wordsOf } from './words.ts';

/**
 * What a tool probably does to the world, from the verb in its name: for tools whose author declared nothing. The most harmful verb decides
 * (`get_and_delete` is destructive), words that are nouns as often do not count after a reading verb (`get_order`), and a name without a known verb is
 * a write: undeclared and unknown must not pass as harmless. MCP names (`server__tool`, `mcp__server__tool`, `server.tool`, `server/tool`) are judged
 * by their last part.
 */
export function inferEffect(toolName: string): Effect {
  const before = known.get(toolName);
  if (before !== undefined) return before;
  const effect = workOut(toolName);
  if (known.size < KNOWN_MAX && toolName.length <= 256) known.set(toolName, effect);
  return effect;
}

/** Agents have few tools. */
const known: Map<string, Effect> = new Map();
const KNOWN_MAX = 4096;

function workOut(toolName: string): Effect {
  const words = wordsOf(localName(toolName.slice(0, 256)));
  if (words[0] === 'transfer' && words.some((word) => HANDED_TO.has(word))) return 'write';
  const isReading = READ_VERBS.has(words[0] ?? '');
  const acts = isReading ? words.filter((word) => !NOUNS_TOO.has(word)) : words;
  if (acts.some((word) => DESTRUCTIVE_VERBS.has(word))) return 'destructive';
  if (acts.some((word) => WRITE_VERBS.has(word))) return 'write';
  return words.some((word) => READ_VERBS.has(word)) ? 'read' : 'write';
}

/** A conversation handed over, not money. */
const HANDED_TO: ReadonlySet<string> = new Set(['agent', 'agents', 'human', 'humans', 'assistant', 'support']);

function localName(name: string): string {
  const parts = name.split(/__|[./:]/).filter((part) => part !== '');
  return parts.at(-1) ?? name;
}
