import { readFile } from 'node:fs/promises';
import { type DetectorConfig, parseDetectorConfig } from '@belay/detector';
import { parse } from 'yaml';
import { CliError, messageOf } from '../cli-error.ts';
import { SAMPLE_ENVIRONMENT } from '../demo/sample-fleet.ts';
import { EXIT } from '../exit-code.ts';

/**
 * The detectors' configuration from a JSON or YAML file (undefined = as shipped).
 * @throws CliError that lists every problem of the file.
 */
export async function readDetectorConfig(path: string | undefined): Promise<DetectorConfig> {
  const parsed = parseDetectorConfig(path === undefined ? {} : await readStructured(path));
  if ('config' in parsed) return parsed.config;
  throw new CliError(
    EXIT.usage,
    `${path} has ${parsed.problems.length} problem(s):\n${parsed.problems.map((problem) => `  - ${problem}`).join('\n')}`,
    {
      hint: 'docs/detectors/pipeline.md lists every setting with its default, and the page of each detector its own.',
    },
  );
}

/** As {@link readDetectorConfig}, with the rule of the sample fleet before the others. */
export async function loadDetectorConfig(path: string | undefined): Promise<DetectorConfig> {
  const config = await readDetectorConfig(path);
  const rule = { detector: 'spend_rate', rule: '*', tenant: '*', agent: '*', environment: SAMPLE_ENVIRONMENT, mode: 'enforce' } as const;
  return { ...config, modes: [rule, ...config.modes] };
}

async function readStructured(path: string): Promise<unknown> {
  try {
    const text = await readFile(path, 'utf8');
    return path.endsWith('.json') ? JSON.parse(text) : parse(text);
  } catch (cause) {
    throw new CliError(EXIT.usage, `The configuration ${path} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}
