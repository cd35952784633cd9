import type { DetectorConfig } from '@belay/detector';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { loadDetectorConfig, readDetectorConfig } from '../up/detector-config.ts';
import type { ModeTrial } from './mode-trial.ts';
import type { Candidate } from './run-backtest.ts';

export interface PlanOptions {
  readonly config?: string | undefined;
  readonly against?: string | undefined;
  readonly mode: readonly ModeTrial[];
  readonly history?: boolean | undefined;
}

/** Which configurations run, and what they are called. */
export interface BacktestPlan {
  readonly proposed: Candidate & { readonly name: string };
  /** Undefined = there is nothing to compare with. */
  readonly present: (Candidate & { readonly name: string }) | undefined;
}

/**
 * The proposed configuration is `--config` (else as shipped) with the modes of `--mode`. It is compared with `--against`; else, when modes
 * are tried, with itself without them; else, over history, with the shipped one.
 * @throws CliError when a file cannot be read, or a mode is for a detector that does not exist.
 */
export async function planBacktest(options: PlanOptions): Promise<BacktestPlan> {
  // A platform runs with a rule for its sample fleet before the others.
  const load = options.history === true ? loadDetectorConfig : readDetectorConfig;
  const config = await load(options.config);
  const proposed = {
    name: [options.config ?? 'as shipped', ...options.mode.map(({ detector, mode }) => `${detector}=${mode}`)].join(', '),
    config: withModes(config, options.mode),
    deafTo: new Set(options.mode.map(({ detector }) => detector)),
  };
  if (options.against !== undefined) {
    const isShipped = options.against === 'shipped';
    const present = await load(isShipped ? undefined : options.against);
    return { proposed, present: { name: isShipped ? 'as shipped' : options.against, config: present } };
  }
  if (options.mode.length > 0) return { proposed, present: { name: options.config ?? 'as shipped', config } };
  if (options.history !== true || options.config === undefined) return { proposed, present: undefined };
  return { proposed, present: { name: 'as shipped', config: await load(undefined) } };
}

function withModes(config: DetectorConfig, trials: readonly ModeTrial[]): DetectorConfig {
  const known = Object.keys(config.detectors);
  const unknown = trials.find(({ detector }) => !known.includes(detector));
  if (unknown !== undefined) throw new CliError(EXIT.usage, `There is no detector ${unknown.detector}. There are: ${known.join(', ')}.`);
  const rules = trials.map((trial) => ({ ...trial, rule: '*', tenant: '*', agent: '*' }));
  return { ...config, modes: [...rules, ...config.modes] };
}
