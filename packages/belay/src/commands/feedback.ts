import { type FeedbackVerdict, vocabulary } from '@belay/protocol';
import { Argument, type Command } from 'commander';
import { CliError } from '../cli-error.ts';
import { type ConnectionOptions, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { feedbackSchema, readAnswer } from '../client/platform-views.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { shortAnomalyId } from '../output/anomaly-id.ts';

interface FeedbackOptions extends ConnectionOptions {
  readonly note?: string;
  readonly undo?: boolean;
  readonly json?: boolean;
}

/** `belay feedback ANOMALY expected`: teaches the detector, and takes that back with `--undo`. */
export function addFeedback(program: Command, context: CliContext): void {
  const command = program
    .command('feedback')
    .description('Say what an anomaly is: the cause of an expected or false one is recorded and no longer answered for this agent')
    .argument('<anomaly>', 'its id or the beginning of it, from "belay anomalies"')
    .addArgument(new Argument('[verdict]', 'what it is').choices(vocabulary.FEEDBACK_VERDICTS));
  withConnection(command)
    .option('--note <text>', 'why: kept in the audit')
    .option('--undo', 'take back what was said')
    .option('--json', 'one JSON document')
    .action(async (anomaly: string, verdict: FeedbackVerdict | undefined, options: FeedbackOptions) => {
      if ((verdict === undefined) === (options.undo === undefined)) {
        throw new CliError(EXIT.usage, 'Say what the anomaly is, or take it back with --undo.', {
          hint: `For example: belay feedback ${anomaly} expected --note "the nightly import"`,
        });
      }
      if (anomaly.trim() === '')
        throw new CliError(EXIT.usage, 'The id of the anomaly is empty.', {
          hint: '"belay anomalies" lists those of the last days with their ids.',
        });
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const path = `/v1/anomalies/${encodeURIComponent(anomaly)}/feedback`;
      const note = options.note === undefined ? {} : { note: options.note };
      const answer = readAnswer(
        feedbackSchema,
        verdict === undefined ? await client.delete(path, note) : await client.post(path, { verdict, ...note }),
        'the feedback',
      );
      if (options.json) return context.terminal.json(answer);
      context.terminal.line(`${context.terminal.colours.bold(shortAnomalyId(answer.anomalyId))} ${wordsOf(verdict, answer.isNews)}`);
    });
}

const EFFECTS: Readonly<Record<FeedbackVerdict, string>> = {
  expected: 'its cause is expected of this agent from now on: recorded, not answered.',
  false_positive: 'its cause is no problem with this agent: recorded from now on, not answered.',
  true_positive: 'was right: its cause is answered as ever.',
};

function wordsOf(verdict: FeedbackVerdict | undefined, isNews: boolean): string {
  if (verdict === undefined) return isNews ? 'has no verdict any more: its cause is answered again.' : 'had no verdict; nothing changed.';
  return isNews ? EFFECTS[verdict] : `had this verdict already (${verdict}); nothing changed.`;
}
