import { wordsOf } from '../call/words.ts';

/** What an argument is for, by its name. */
export type Role = 'url' | 'path' | 'sql' | 'shell' | 'code' | 'account' | 'phone' | 'agent' | 'repository' | 'other';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));
/** In order: the first that fits decides. */
const ROLES: readonly (readonly [Role, ReadonlySet<string>])[] = [
  ['account', set('iban account acct accounts payee beneficiary recipient payer bban wallet')],
  ['phone', set('phone telephone tel mobile cell cellphone msisdn fax whatsapp sms')],
  ['agent', set('agent agents subagent subagents assistant')],
  ['sql', set('sql')],
  ['shell', set('command commands cmd shell bash powershell terminal cmdline')],
  [
    'url',
    set(
      'url urls uri uris link links href endpoint endpoints host hosts hostname hostnames domain domains server servers website websites site sites webhook webhooks webpage proxy callback redirect remote',
    ),
  ],
  ['repository', set('repo repos repository repositories')],
  ['path', set('path paths file files filename filenames filepath dir directory folder cwd workspace filespec pathname')],
  ['code', set('code source script patch diff snippet program python javascript')],
];
/** `user_agent`, `file_content`, `account_type`: the last word says that it is something else. */
const NOT_THE_THING: ReadonlySet<string> = set(
  'content contents text type kind mode size count name description title body format status limit id_type old new str string',
);
/** But `repo_name`, `target_host_name`: of these the name is the thing. */
const NAMED: ReadonlySet<string> = set('agent host file domain repo repository');
/** Of these also with words between: `file_display_name`. But a `repo_branch_name` names no repository. */
const NAMED_BY_FIRST: ReadonlySet<string> = set('agent host file domain');
const known: Map<string, Role> = new Map();
const KNOWN_MAX = 4096;

/** Remembers what it has worked out for up to 4,096 names: agents repeat theirs. */
export function roleOf(key: string): Role {
  const before = known.get(key);
  if (before !== undefined) return before;
  const role = workOut(key.slice(0, 128));
  if (known.size < KNOWN_MAX) known.set(key.slice(0, 128), role);
  return role;
}

function workOut(key: string): Role {
  const words = wordsOf(key);
  if (words.join('') === 'useragent') return 'other';
  const last = words.at(-1) ?? '';
  if (words.length > 1 && NOT_THE_THING.has(last) && !(last === 'name' && isNamed(words))) return 'other';
  return ROLES.find(([, names]) => words.some((word) => names.has(word)))?.[0] ?? 'other';
}

const isNamed = (words: readonly string[]): boolean => NAMED_BY_FIRST.has(words[0] ?? '') || NAMED.has(words.at(-2) ?? '');

const SHELL_TOOLS: ReadonlySet<string> = set('bash shell terminal sh zsh powershell cmd exec command');
const SQL_TOOLS: ReadonlySet<string> = set('sql postgres postgresql mysql sqlite clickhouse bigquery snowflake duckdb');

/** What the unnamed or oddly named text arguments of a tool are likely for. */
export function roleOfTool(tool: string): Role {
  const before = knownTools.get(tool);
  if (before !== undefined) return before;
  const role = roleOfWords(tool);
  if (knownTools.size < KNOWN_MAX && tool.length <= 256) knownTools.set(tool, role);
  return role;
}

const knownTools: Map<string, Role> = new Map();

function roleOfWords(tool: string): Role {
  const words = wordsOf(tool.slice(0, 128));
  if (words.some((word) => SHELL_TOOLS.has(word))) return 'shell';
  return words.some((word) => SQL_TOOLS.has(word)) ? 'sql' : 'other';
}
