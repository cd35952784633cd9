import type { Command } from 'commander';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { type AnomalyView, anomaliesSchema, readAnswer } from '../client/platform-views.ts';
import type { CliContext } from '../context.ts';
import { shortAnomalyId } from '../output/anomaly-id.ts';
import { formatAgo } from '../output/duration.ts';
import { safeText } from '../output/safe-text.ts';
import { printTable } from '../output/table.ts';
import { parseCount } from './number-option.ts';

/** `belay anomalies`: what detectors found, and what came of it. */
export function addAnomalies(program: Command, context: CliContext): void {
  withConnection(program.command('anomalies').description('What detectors found in the last 7 days and what came of it, newest first'))
    .option('--agent <id>', 'only of this agent')
    .option('--limit <n>', 'at most this many', parseCount(1_000), 20)
    .option('--canary', 'those of the canary as well')
    .option('--json', 'one JSON document')
    .action(async (options: ConnectionOptions & { agent?: string; limit: number; canary?: boolean; json?: boolean }) => {
      const client = createOperatorClient(await resolveConnection(options, context.env));
      // The canary is found every half a minute: with it left out, more must be asked for than is shown.
      const isWanted = ({ anomaly }: AnomalyView): boolean => options.canary === true || anomaly.detector !== 'canary';
      const query = new URLSearchParams({ limit: '1000', ...(options.agent === undefined ? {} : { agentId: options.agent }) });
      const answer = readAnswer(anomaliesSchema, await client.get(`/v1/anomalies?${query}`), 'anomalies');
      const anomalies = answer.anomalies.filter(isWanted).slice(0, options.limit);
      if (options.json) return context.terminal.json({ anomalies });
      printAnomalies(anomalies, context);
    });
}

function printAnomalies(anomalies: readonly AnomalyView[], { terminal, clock }: CliContext): void {
  const { colours } = terminal;
  const paint = { critical: colours.red, warning: colours.yellow, info: colours.dim };
  const rows = anomalies.map((view) => {
    const { anomaly, feedback } = view;
    return [
      colours.dim(shortAnomalyId(anomaly.id)),
      formatAgo(anomaly.detectedUs, clock.nowUs()),
      colours.bold(safeText(anomaly.agentId, 40)),
      paint[anomaly.severity](anomaly.severity),
      `${anomaly.detector} ${anomaly.rule}`,
      cameOf(view),
      feedback == null ? '' : colours.cyan(safeText(feedback.verdict.replaceAll('_', ' '), 16)),
      safeText(anomaly.explanation, 80),
    ];
  });
  printTable(terminal, ['anomaly', 'found', 'agent', 'severity', 'rule', 'came of it', 'verdict', 'why'], rows, {
    empty: 'Nothing was found.',
  });
}

const WORDS: Readonly<Record<string, string>> = {
  none: 'recorded',
  notify: 'told',
  placed: 'held',
  already_held: 'held already',
  breaker_open: 'NOT HELD: breaker',
  too_many_holds: 'NOT HELD: too many holds',
  unknown_agent: 'NOT HELD: unknown agent',
  stale: 'too old to hold',
};

/** Control records what asks for no hold; whether somebody was told of it, the anomaly says. */
function cameOf({ anomaly: { response, suppressed }, disposition }: AnomalyView): string {
  if (suppressed === 'breaker') return 'NOT HELD: breaker';
  if (suppressed !== undefined) return `not answered: ${suppressed}`;
  const outcome = disposition == null || disposition === 'recorded' ? response : disposition;
  return WORDS[outcome] ?? outcome;
}
