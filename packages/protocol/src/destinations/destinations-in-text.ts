import { cleanText } from './clean-text.ts';
import { MAX_DESTINATIONS } from './found.ts';
import { type Mentions, scanText } from './scan-text.ts';

const HEAD = 49_152;
const TAIL = 16_384;

/**
 * Destinations that a text mentions, normalised as those of calls are, at most `max` (and never more than 32): where later calls may have got
 * theirs from. When there are more, each kind gets its turn. Of very long texts the first 48 k and the last 16 k characters are read.
 */
export function destinationsInText(text: string, max = MAX_DESTINATIONS): string[] {
  const limit = Math.min(max, MAX_DESTINATIONS);
  if (text.length < 4 || limit <= 0) return [];
  const read = text.length <= HEAD + TAIL ? text : `${text.slice(0, HEAD)}\n${text.slice(-TAIL)}`;
  return inTurn(scanText(cleanText(read, HEAD + TAIL + 1), 'prose'), limit);
}

function inTurn({ urls, mails, accounts, hosts, phones, handles }: Mentions, limit: number): string[] {
  const lists = [urls, mails, accounts, hosts, phones, handles];
  const all = lists.flat();
  if (all.length <= limit) return all;
  const chosen: string[] = [];
  for (let turn = 0; chosen.length < limit; turn++) {
    for (const list of lists) {
      const one = list[turn];
      if (one !== undefined && chosen.length < limit) chosen.push(one);
    }
  }
  return chosen;
}
