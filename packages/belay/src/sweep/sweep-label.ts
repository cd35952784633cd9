import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CliError, messageOf } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

const name = z.string().min(1).max(256);

const labelSchema = z
  .strictObject({
    agentId: name.optional(),
    sessionId: name.optional(),
    runId: name.optional(),
    decisionId: name.optional(),
    bad: z.boolean(),
  })
  .refine(({ bad, ...names }) => Object.values(names).some((value) => value !== undefined), {
    message: 'name what is labelled: agentId, sessionId, runId or decisionId',
  });

/** What a person knows of an agent, a session, a run or a decision: whether it should have been stopped. All names given must match. */
export type SweepLabel = z.infer<typeof labelSchema>;

/**
 * Labels, one JSON object a line: `{"sessionId": "c-17", "bad": true}`. Empty lines are passed over.
 * @throws CliError that lists every line that is none.
 */
export async function readSweepLabels(path: string): Promise<readonly SweepLabel[]> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new CliError(EXIT.notFound, `The labels ${path} cannot be read: ${messageOf(cause)}.`, { cause });
  });
  const labels: SweepLabel[] = [];
  const problems: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = parseLabel(line);
    if (typeof parsed === 'string') problems.push(`line ${index + 1}: ${parsed}`);
    else labels.push(parsed);
  }
  if (problems.length > 0)
    throw new CliError(EXIT.usage, `${path} has ${problems.length} bad line(s):\n${listed(problems)}`, { hint: HINT });
  if (labels.length === 0) throw new CliError(EXIT.usage, `${path} has no label.`, { hint: HINT });
  return labels;
}

const HINT =
  'One JSON object a line: {"sessionId": "c-17", "bad": true}; or agentId, runId, decisionId. docs/guides/replay-and-backtest.md';

const listed = (problems: readonly string[]): string =>
  problems
    .slice(0, 20)
    .map((problem) => `  - ${problem}`)
    .join('\n');

function parseLabel(line: string): SweepLabel | string {
  try {
    const result = labelSchema.safeParse(JSON.parse(line));
    return result.success ? result.data : result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join('; ');
  } catch (error) {
    return messageOf(error);
  }
}
