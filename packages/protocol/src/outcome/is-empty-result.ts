const LIST_KEYS: ReadonlySet<string> = new Set([
  'results',
  'result',
  'items',
  'data',
  'rows',
  'records',
  'hits',
  'matches',
  'documents',
  'docs',
  'entries',
  'values',
  'list',
  'content',
  'messages',
  'files',
  'output',
]);
const COUNT_KEYS: ReadonlySet<string> = new Set([
  'count',
  'total',
  'total_count',
  'totalcount',
  'totalresults',
  'total_results',
  'found',
  'size',
  'length',
  'numresults',
]);
const NOTHING: RegExp =
  /^(?:none|null|nil|undefined|n\/a|empty|nothing|\[\]|\{\}|""|''|no (?:more )?(?:results?|matches|records?|rows?|items?|entries|documents?|files?|data|hits|answers?|output|content)\b.{0,80}|(?:0|zero) (?:results?|matches|records?|rows?|items?|hits)\b.{0,80}|(?:nothing|none|not|no \w+(?: \w+)?) (?:was |were )?found\b.{0,80}|could(?: not|n't) find\b.*|(?:did not|didn't) (?:find|match|return) any\b.{0,80}|no such \w+.{0,80})$/s;

/**
 * True when nothing was found where something was asked for: null, an empty list, object or text, `{ results: [] }`, `{ count: 0 }`, "No results
 * found". An unknown result (undefined) is not empty, and a number, `false` or `true` is an answer.
 */
export function isEmptyResult(result: unknown): boolean {
  if (result === null) return true;
  if (typeof result === 'string') return isEmptyText(result);
  if (typeof result !== 'object') return false;
  return Array.isArray(result) ? isEmptyList(result) : isEmptyObject(result as Readonly<Record<string, unknown>>);
}

function isEmptyText(text: string): boolean {
  if (text.length > 4096) return text.trim() === '';
  const trimmed = text.trim();
  if (trimmed === '') return true;
  const first = trimmed.charCodeAt(0);
  if (first === 0x7b || first === 0x5b) return isEmptyJson(trimmed);
  return trimmed.length <= 400 && NOTHING.test(trimmed.toLowerCase().replace(/[.!]+$/, ''));
}

function isEmptyJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && isEmptyResult(value);
  } catch {
    return false;
  }
}

/** Lists of nothing, and lists of MCP text parts that say nothing. */
function isEmptyList(list: readonly unknown[]): boolean {
  return list.length === 0 || (list.length <= 4 && list.every(isEmptyPart));
}

function isEmptyPart(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string' && isEmptyText(part.text);
}

function isEmptyObject(object: Readonly<Record<string, unknown>>): boolean {
  const entries = Object.entries(object);
  if (entries.length === 0) return true;
  if (entries.length > 16) return false;
  let says = false;
  for (const [key, value] of entries) {
    const name = key.toLowerCase();
    if (LIST_KEYS.has(name)) {
      if (!isEmptyValue(value)) return false;
      says = true;
    } else if (COUNT_KEYS.has(name)) {
      if (value !== 0 && value !== false) return false;
      says = true;
    }
  }
  return says;
}

const isEmptyValue = (value: unknown): boolean =>
  value === null ||
  value === '' ||
  (typeof value === 'string' && isEmptyText(value)) ||
  (Array.isArray(value) && isEmptyList(value)) ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
