import { bareNameOf } from './domain-name.ts';
import { addTo } from './found.ts';
import { normaliseHostAndPort } from './host.ts';
import { KEYWORDS, NETWORK_PROGRAMS, PROGRAMS_WITH_SUBCOMMANDS, SHELLS, VALUE_OPTIONS, WRAPPERS } from './programs.ts';
import { shellCommands } from './shell-words.ts';

const MAX_NESTING = 3;
const ASSIGNMENT: RegExp = /^\w+=/;
const SUBCOMMAND: RegExp = /^[A-Za-z][\w:.@/-]{0,63}$/;
const PROGRAM: RegExp = /^[\w.+-]{1,64}$/;
const REMOTE: RegExp = /^(?:[\w.-]{1,64}@)?(\[[0-9a-fA-F:.]+\]|[\w.-]{1,253})(?::|$)/;

/** Adds `exec:<program> <subcommand>` for each command of a shell script, and `host:` for the hosts that network programs are given. */
export function addShell(found: string[], script: string, depth = 0): void {
  for (const words of shellCommands(script)) addCommand(found, words, depth);
}

function addCommand(found: string[], words: readonly string[], depth: number): void {
  const at = words.findIndex((word) => !KEYWORDS.has(word) && !ASSIGNMENT.test(word));
  const program = programOf(words[at]);
  if (program === undefined) return;
  const rest = words.slice(at + 1);
  if (WRAPPERS.has(program) && depth <= MAX_NESTING) addWrapped(found, program, rest, depth);
  else if (isNested(program, rest) && depth < MAX_NESTING) addShell(found, nestedScript(program, rest), depth + 1);
  else addPlain(found, program, rest);
}

function addPlain(found: string[], program: string, rest: readonly string[]): void {
  const subcommand = subcommandOf(program, rest);
  addTo(found, subcommand === undefined ? `exec:${program}` : `exec:${program} ${subcommand}`);
  if (NETWORK_PROGRAMS.has(program)) addHosts(found, program, rest);
}

/** `sudo -u root apt-get install x` is both: somebody used sudo, and something was installed. */
function addWrapped(found: string[], program: string, rest: readonly string[], depth: number): void {
  const next = operands(rest).filter((word) => !ASSIGNMENT.test(word) && !/^\d+[smhd]?$/.test(word));
  const start = next[0] === undefined ? -1 : rest.indexOf(next[0]);
  if (program === 'sudo' || program === 'doas' || start < 0) addTo(found, `exec:${program}`);
  if (start >= 0) addCommand(found, rest.slice(start), depth + 1);
}

const isNested = (program: string, rest: readonly string[]): boolean =>
  program === 'eval' || (SHELLS.has(program) && rest.some(isCommandOption));
const isCommandOption = (word: string): boolean => /^-[a-z]{0,4}c$/.test(word);
const nestedScript = (program: string, rest: readonly string[]): string =>
  program === 'eval' ? rest.join(' ') : (rest[rest.findIndex(isCommandOption) + 1] ?? '');

function subcommandOf(program: string, rest: readonly string[]): string | undefined {
  if (/^(?:python|pypy)[\d.]*$/.test(program)) {
    const module = rest.indexOf('-m');
    return module < 0 ? undefined : acceptable(rest[module + 1]);
  }
  return PROGRAMS_WITH_SUBCOMMANDS.has(program) ? acceptable(operands(rest)[0]) : undefined;
}

const acceptable = (word: string | undefined): string | undefined => (word !== undefined && SUBCOMMAND.test(word) ? word : undefined);

/** The words that are no options, nor values of the options known to have one. */
function operands(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    if (VALUE_OPTIONS.has(word)) index++;
    else if (!word.startsWith('-')) kept.push(word);
  }
  return kept;
}

function addHosts(found: string[], program: string, rest: readonly string[]): void {
  const isRemoteProgram = program === 'ssh' || program === 'telnet' || program === 'nc' || program === 'ncat' || program === 'netcat';
  for (const [index, word] of operands(rest).entries()) {
    if (word.includes('://')) continue;
    const host =
      (isRemoteProgram && index === 0) || /^[\w.-]+@[\w.-]+(?::|$)|^[\w-]+(?:\.[\w-]+)+:[^\d]/.test(word)
        ? REMOTE.exec(word)?.[1]
        : hostOf(word);
    const normal = host === undefined ? undefined : normaliseHostAndPort(host);
    if (normal !== undefined) addTo(found, `host:${normal}`);
  }
}

function hostOf(word: string): string | undefined {
  const name = bareNameOf(word);
  if (name !== undefined) return name.host + name.port;
  return /^(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?:\/|$)|^0x[0-9a-f]{8}$|^\[[0-9a-f:.]+\]/i.test(word) ? word.split('/')[0] : undefined;
}

function programOf(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  const name = word
    .slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1)
    .toLowerCase()
    .replace(/\.exe$/, '');
  return PROGRAM.test(name) ? name : undefined;
}
