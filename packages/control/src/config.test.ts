import { expect, test } from 'vitest';
import { parseControlConfig } from './config.ts';

test('nothing set is a working configuration: this machine only, no hooks', () => {
  expect(parseControlConfig({})).toMatchObject({
    host: '127.0.0.1',
    port: 4319,
    lostAfterMs: 15_000,
    appliedDueMs: 5_000,
    hooks: { grafana: [], alertmanager: [] },
  });
});

test('an alert source may pause any agent and kill none unless it is told otherwise', () => {
  const { hooks } = parseControlConfig({ hooks: { grafana: [{ name: 'g', tenant: 't', secret: 'sixteen characters' }] } });
  expect(hooks.grafana[0]).toMatchObject({
    allow: { agents: ['*'], actions: ['pause'] },
    dryRun: false,
    timestampHeader: 'X-Grafana-Alerting-Timestamp',
  });
});

test('all problems are named at once, and no secret is repeated', () => {
  const parse = () =>
    parseControlConfig({ port: -1, lostAfterMs: 0, surprise: 1, hooks: { grafana: [{ name: 'g', tenant: 'T', secret: 'short-one' }] } });
  expect(parse).toThrow(/port.*lostAfterMs.*hooks\.grafana\.0\.tenant.*hooks\.grafana\.0\.secret/s);
  expect(parse).not.toThrow(/short-one/);
});
