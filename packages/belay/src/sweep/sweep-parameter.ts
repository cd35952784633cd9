import { type DetectorConfig, parseDetectorConfig } from '@belay/detector';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** A value that a setting is tried with. */
export type SweepValue = number | boolean | string;

/** The setting that is swept: `detectors.<detector>.<key>`; dots in the key go into objects. */
export interface SweepParameter {
  readonly detector: string;
  readonly key: string;
}

type Settings = Readonly<Record<string, unknown>>;

const isSettings = (value: unknown): value is Settings => typeof value === 'object' && value !== null && !Array.isArray(value);

function settingsOf(config: DetectorConfig, detector: string): Settings {
  const settings = config.detectors[detector];
  if (isSettings(settings)) return settings;
  throw new CliError(EXIT.usage, `There is no detector ${detector}. There are: ${Object.keys(config.detectors).join(', ')}.`);
}

/** The value of today. @throws CliError when there is no such detector or setting. */
export function presentValue(config: DetectorConfig, { detector, key }: SweepParameter): SweepValue {
  const value = key.split('.').reduce<unknown>((at, part) => (isSettings(at) ? at[part] : undefined), settingsOf(config, detector));
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') return value;
  const known = scalarKeys(settingsOf(config, detector)).join(', ');
  throw new CliError(EXIT.usage, `${detector} has no setting ${key} that takes one value. There are: ${known}.`, {
    hint: `docs/detectors/${detector}.md has their meaning and units.`,
  });
}

function scalarKeys(settings: Settings, prefix = ''): string[] {
  return Object.entries(settings).flatMap(([key, value]) =>
    isSettings(value) ? scalarKeys(value, `${prefix}${key}.`) : Array.isArray(value) ? [] : [prefix + key],
  );
}

/**
 * The configuration with the setting changed, and the detector enforced: the question is whom it would pause.
 * @throws CliError when the detector does not take the value.
 */
export function withValue(config: DetectorConfig, parameter: SweepParameter, value: SweepValue): DetectorConfig {
  const { detector, key } = parameter;
  const settings = changed(settingsOf(config, detector), key.split('.'), value);
  const enforced = { detector, rule: '*', tenant: '*', agent: '*', mode: 'enforce' } as const;
  const modes = [enforced, ...config.modes].slice(0, MODES_MAX);
  const parsed = parseDetectorConfig({ ...config, modes, detectors: { ...config.detectors, [detector]: settings } });
  if ('config' in parsed) return parsed.config;
  throw new CliError(
    EXIT.usage,
    `${detector} does not take ${key} = ${String(value)}:\n${parsed.problems.map((one) => `  - ${one}`).join('\n')}`,
  );
}

const MODES_MAX = 1024;

function changed(settings: Settings, [first = '', ...rest]: readonly string[], value: SweepValue): Settings {
  const inner = settings[first];
  return { ...settings, [first]: rest.length === 0 ? value : changed(isSettings(inner) ? inner : {}, rest, value) };
}
