import { addTo } from './found.ts';
import { sqlStatements } from './sql-tokens.ts';

const MAX_TABLES = 16;
const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));
const VERBS: ReadonlySet<string> = set(
  'select insert update delete merge replace drop alter create truncate grant revoke copy call exec execute vacuum rename lock attach detach',
);
/** Verbs that the name follows at once. */
const NAME_FOLLOWS: ReadonlySet<string> = set('update truncate call exec execute copy lock vacuum');
/** Words between a keyword and its table: `DROP TABLE IF EXISTS t`, `DELETE FROM ONLY t`. */
const BETWEEN: ReadonlySet<string> = set(
  'if exists not only table view index database schema materialized temporary temp unique lateral concurrently or replace role user function procedure trigger sequence ignore',
);
const DEFINED: ReadonlySet<string> = set('table view index database schema role user function procedure trigger sequence');
/** What a comma in a list of tables may stand after: nothing of these is an alias. */
const RESERVED: ReadonlySet<string> = set(
  'select from where set values join on using group order having limit union inner left right full cross natural into returning for with as when',
);

/** What a quoted name may hold and a key should not. */
const UNUSUAL: RegExp = /[^\p{L}\p{N}_.$-]/gu;
const LEADING_COMMENTS: RegExp = /^(?:\s*(?:--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/))+/;
const STARTS_AS_STATEMENT: RegExp =
  /^[\s(]*(?:with|select|insert|update|delete|merge|replace|drop|alter|create|truncate|grant|revoke|copy|call|exec|execute)\b/i;
/** Starts like a statement and goes on like one: English sentences start with "update", "select" and "call" too. */
const IS_STATEMENT: RegExp =
  /^[\s(]*(?:select\s[^;]{1,2000}\sfrom\s|insert\s+into\s|update\s+\S{1,200}\s+set\s|delete\s+from\s|(?:drop|alter|create|truncate)\s+(?:\w+\s+){0,3}(?:table|view|index|database|schema)\s|with\s+(?:recursive\s+)?\w{1,64}\s+as\s*\(|(?:grant|revoke)\s[^;]{1,400}\son\s|merge\s+into\s)/i;

/** True for a text that is a SQL statement; in an argument made for SQL less is asked for. */
export const isSql = (text: string, isSqlRole: boolean): boolean =>
  (isSqlRole ? STARTS_AS_STATEMENT : IS_STATEMENT).test(text.slice(0, 4096).replace(LEADING_COMMENTS, ''));

/** Adds `db:<verb>:<table>` for each table of each statement, schema included, in lower case; `db:<verb>:*` for a statement that names none. */
export function addSql(found: string[], text: string): void {
  for (const statement of sqlStatements(text)) {
    const verb = verbOf(statement);
    if (verb === undefined) continue;
    const tables = tablesOf(statement, verb);
    for (const table of tables.length === 0 ? [`${verb}:*`] : tables) addTo(found, `db:${table}`);
  }
}

/** The first verb outside parentheses: `WITH x AS (SELECT …) DELETE FROM y` deletes. */
function verbOf(tokens: readonly string[]): string | undefined {
  let depth = 0;
  const canNest = tokens[0] === 'with';
  for (const token of tokens) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (VERBS.has(token) && (depth <= 0 || !canNest)) return token;
  }
  return undefined;
}

function tablesOf(tokens: readonly string[], verb: string): string[] {
  const local = new Set(tokens.filter((_, index) => tokens[index + 1] === 'as' && tokens[index + 2] === '('));
  const tables: string[] = [];
  let isFirst = true;
  for (let index = 0; index < tokens.length && tables.length < MAX_TABLES; index++) {
    const does = verbAt(tokens, index, verb, isFirst);
    if (does === undefined) continue;
    const names = namesFrom(tokens, index + 1).filter((name) => !local.has(name));
    if (names.length > 0) isFirst = false;
    for (const name of names) tables.push(`${does}:${name}`);
  }
  return tables;
}

/** What is done to the table that the token at `index` announces; undefined when it announces none. */
function verbAt(tokens: readonly string[], index: number, verb: string, isFirst: boolean): string | undefined {
  const token = tokens[index] ?? '';
  if (token === 'from' || token === 'join') return tokens[index - 1] === 'delete' ? 'delete' : 'select';
  if (token === 'using') return verb === 'merge' || verb === 'delete' ? 'select' : undefined;
  if (token === 'into') return verb === 'select' || verb === 'with' ? 'insert' : verb;
  if (token === 'on') return isFirst && (verb === 'grant' || verb === 'revoke' || verb === 'create') ? verb : undefined;
  if (DEFINED.has(token)) return isFirst && verb !== 'select' ? verb : undefined;
  return isFirst && token === verb && NAME_FOLLOWS.has(token) ? verb : undefined;
}

/** Names after a keyword: one, or after FROM a list with aliases. */
function namesFrom(tokens: readonly string[], start: number): string[] {
  const names: string[] = [];
  let index = start;
  while (BETWEEN.has(tokens[index] ?? '')) index++;
  for (;;) {
    const { name, next } = nameAt(tokens, index);
    if (name === undefined) return names;
    names.push(name.slice(0, 200).replaceAll(UNUSUAL, '_'));
    const comma = [next, next + 1, next + 2].find((at) => tokens[at] === ',');
    const between = tokens.slice(next, comma ?? next);
    if (tokens[start - 1] !== 'from' || comma === undefined || between.some((token) => RESERVED.has(token) && token !== 'as')) return names;
    index = comma + 1;
  }
}

/** `schema.table` at an index, and the index after it. */
function nameAt(tokens: readonly string[], index: number): { name: string | undefined; next: number } {
  let next = index;
  let name: string | undefined;
  while (isName(tokens[next])) {
    const part = (tokens[next] ?? '').replace(/^"/, '');
    name = name === undefined ? part : `${name}.${part}`;
    if (tokens[next + 1] !== '.') return { name, next: next + 1 };
    next += 2;
  }
  return { name, next };
}

const isName = (token: string | undefined): boolean =>
  token !== undefined && /^["\p{L}_]/u.test(token) && !RESERVED.has(token) && !VERBS.has(token);
