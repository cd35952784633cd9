// Writes docs/cli.md from the command line itself.
import { writeFileSync } from 'node:fs';
import { systemClock } from '@belay/protocol';
import { createProgram, createTerminal, EXIT_MEANINGS } from 'belay';

type Command = ReturnType<typeof createProgram>;
type Option = Command['options'][number];

const INTRO = `# The command line

Generated from the program by \`npm run generate\`; do not edit.

\`npx belay\` in a checkout (after \`npm run build\`), \`belay\` where the package is installed. Results go to standard output, talk (progress, hints,
errors) to standard error, so \`belay token agent … > FILE\` and \`belay … --json | jq\` work. Colours are off when standard output is no terminal,
and with \`NO_COLOR\`. With \`--json\`, errors are one JSON document on standard error: \`{"error":{"message","exitCode","code","hint"}}\`.

Commands that talk to a running platform find it in this order: options, environment (\`BELAY_CONTROL_ENDPOINT\`, \`BELAY_ENDPOINT\`,
\`BELAY_OPERATOR_TOKEN\`), the data folder of a platform started here (\`.belay\`, or \`--data\`, or \`BELAY_DATA\`), the defaults.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function optionRow(option: Option): string {
  const shown =
    option.defaultValue === undefined || option.defaultValue === false || option.negate ? '' : `\`${String(option.defaultValue)}\``;
  const choices = option.argChoices === undefined ? '' : ` (${option.argChoices.join(', ')})`;
  return `| \`${cell(option.flags).replaceAll('&lt;', '<')}\` | ${cell(option.description)}${choices} | ${shown} |`;
}

function usageOf(command: Command, path: string): string {
  const parts = command.registeredArguments.map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`));
  return [path, ...parts, ...(command.options.length > 0 ? ['[options]'] : [])].join(' ');
}

function section(command: Command, parent: string): string[] {
  const path = `${parent} ${command.name()}`;
  if (command.commands.length > 0)
    return [`## ${path}`, '', `${command.description()}.`, '', ...command.commands.flatMap((child) => section(child, path))];
  const rows = command.options.map(optionRow);
  const argumentRows = command.registeredArguments.map((argument) => {
    const choices = argument.argChoices === undefined ? '' : ` (${argument.argChoices.join(', ')})`;
    return `| \`${argument.name()}\` | ${cell(argument.description)}${choices} | ${argument.required ? 'required' : ''} |`;
  });
  const table = [...argumentRows, ...rows];
  const lines = [`## ${path}`, '', `${command.description()}.`, '', '```', usageOf(command, path), '```', ''];
  return table.length === 0 ? lines : [...lines, '| | | default |', '|---|---|---|', ...table, ''];
}

const silent = createTerminal({ out: { write: () => true }, err: { write: () => true } }, {});
const context = { terminal: silent, clock: systemClock, env: {}, signal: new AbortController().signal, setExitCode: () => undefined };
const commands = createProgram(context).commands.flatMap((command) => section(command, 'belay'));
const exits = [
  '## Exit codes',
  '',
  '| code | meaning |',
  '|---|---|',
  ...EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`),
  '',
];
writeFileSync('docs/cli.md', [INTRO, ...exits, ...commands].join('\n').trimEnd().concat('\n'));
