import type { z } from 'zod';
import { CliError } from '../cli-error.ts';
import { type ConfiguredRule, partialRules, ruleText } from '../client/configured-rules.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import { modesSchema, readAnswer } from '../client/platform-views.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { formatAgo } from '../output/duration.ts';
import { safeText } from '../output/safe-text.ts';
import { printTable } from '../output/table.ts';
import { whomText } from '../output/whom-text.ts';

type Modes = z.infer<typeof modesSchema>;
type SetMode = Modes['modes'][number];

/** `belay mode` without a mode: what operators have set, and what is configured beside it, for all and for some. */
export async function showModes(
  client: OperatorClient,
  { detector, json }: { readonly detector: string | undefined; readonly json: boolean },
  context: CliContext,
): Promise<void> {
  const known = readAnswer(modesSchema, await client.get('/v1/detectors'), 'detectors');
  const isAsked = (name: string): boolean => detector === undefined || detector === name;
  const names = [...new Set([...known.detectors, ...known.modes.map((one) => one.detector)])].filter(isAsked);
  if (detector !== undefined && names.length === 0)
    throw new CliError(EXIT.notFound, `There is no detector ${safeText(detector, 64)}. There are: ${known.detectors.join(', ')}.`);
  const rules = partialRules(known.status?.modes ?? [], detector);
  if (json) {
    const configured = Object.fromEntries(
      (known.status?.detectors ?? []).filter(({ id }) => isAsked(id)).map(({ id, mode }) => [id, mode]),
    );
    return context.terminal.json({ detectors: names, configured, rules, modes: known.modes.filter((one) => isAsked(one.detector)) });
  }
  const rows = [...names.flatMap((name) => rowsOf(name, known, context)), ...rowsForAny(names, rules, known.modes, context)];
  printTable(context.terminal, ['detector', 'for', 'mode', ''], rows, { empty: 'Control was not told which detectors exist.' });
}

/** What is set for every agent stands in the place of what is configured. */
function rowsOf(name: string, { modes, status }: Modes, { terminal, clock }: CliContext): string[][] {
  const { bold, cyan, dim } = terminal.colours;
  const own = modes
    .filter(({ detector }) => detector === name)
    .map(({ mode, changedBy, changedUs, ...whom }) => [
      bold(safeText(name)),
      whomText(whom),
      cyan(mode),
      dim(`set by ${safeText(changedBy, 24)}${changedUs == null ? '' : ` ${formatAgo(changedUs, clock.nowUs())}`}`),
    ]);
  if (settingForAll(name, modes) !== undefined) return own;
  const forAll = status?.detectors?.find(({ id }) => id === name)?.mode ?? '';
  const rules = partialRules(status?.modes ?? [], name).filter(isForOne);
  const configured = [...rules.map((rule) => [ruleText(rule), rule.mode]), ['every agent', forAll]];
  return [...configured.map(([whom = '', mode = '']) => [bold(safeText(name)), whom, mode, dim('as configured')]), ...own];
}

/** Rules for detectors by a pattern, such as the absolute caps of all of them, where they still hold: `warn` for all leaves caps as they are. */
function rowsForAny(
  names: readonly string[],
  rules: readonly ConfiguredRule[],
  modes: readonly SetMode[],
  { terminal: { colours } }: CliContext,
): string[][] {
  const isOverruled = (name: string): boolean => (settingForAll(name, modes)?.mode ?? 'warn') !== 'warn';
  if (names.every(isOverruled)) return [];
  return rules
    .filter((rule) => !isForOne(rule))
    .map((rule) => [colours.bold(safeText(rule.detector, 40)), ruleText(rule), rule.mode, colours.dim('as configured')]);
}

const isForOne = ({ detector }: ConfiguredRule): boolean => !detector.includes('*');

const settingForAll = (name: string, modes: readonly SetMode[]): SetMode | undefined =>
  modes.find(
    ({ detector, agentId, agentName, environment }) => detector === name && agentId == null && agentName == null && environment == null,
  );
