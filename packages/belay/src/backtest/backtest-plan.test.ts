import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planBacktest } from './backtest-plan.ts';
import { parseModeTrial } from './mode-trial.ts';

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-plan-'));
  file = join(folder, 'proposed.yaml');
  await writeFile(file, 'coolDownSeconds: 7\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const namesOf = async (options: object) => {
  const { present, proposed } = await planBacktest({ mode: [], ...options });
  return [present?.name, proposed.name];
};
const trial = parseModeTrial('spend_rate=enforce', []);

test.each([
  ['a file alone is compared with nothing', {}, [undefined, 'as shipped']],
  ['history alone as well', { history: true }, [undefined, 'as shipped']],
  ['a mode is compared with the same configuration without it', { mode: trial }, ['as shipped', 'as shipped, spend_rate=enforce']],
  ['what is named is compared with', { against: 'shipped' }, ['as shipped', 'as shipped']],
])('%s', async (_claim, options, names) => {
  expect(await namesOf(options)).toEqual(names);
});

test('a proposed file is compared with the shipped configuration over history, and with nothing over a file', async () => {
  expect(await namesOf({ history: true, config: file })).toEqual(['as shipped', file]);
  expect(await namesOf({ config: file })).toEqual([undefined, file]);
  expect(await namesOf({ config: file, mode: trial })).toEqual([file, `${file}, spend_rate=enforce`]);
  const { present, proposed } = await planBacktest({ mode: [], config: file, against: 'shipped' });
  expect([present?.config.coolDownSeconds, proposed.config.coolDownSeconds]).toEqual([300, 7]);
});

test('a mode that is tried comes before those of the configuration, and modes set by operators do not overrule it', async () => {
  const { present, proposed } = await planBacktest({ mode: trial });
  expect(proposed.config.modes[0]).toMatchObject({ detector: 'spend_rate', mode: 'enforce' });
  expect([...(proposed.deafTo ?? [])]).toEqual(['spend_rate']);
  expect(present?.deafTo).toBeUndefined();
});

test('modes that are none and detectors that do not exist are refused', async () => {
  expect(() => parseModeTrial('loop', [])).toThrow('spend_rate=enforce');
  expect(() => parseModeTrial('loop=loud', [])).toThrow('shadow, warn, enforce');
  await expect(planBacktest({ mode: parseModeTrial('nope=warn', []) })).rejects.toMatchObject({ exitCode: 2 });
});
