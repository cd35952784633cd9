import { describe, expect, it } from 'vitest';
import { parseUpOptions, type UpOptions } from './up-settings.ts';

const options: UpOptions = {
  data: '.belay',
  tenant: 'default',
  host: '127.0.0.1',
  collectorPort: '4318',
  controlPort: '4319',
  metricsPort: '0',
  roles: 'control,collector,detector,archive',
  canary: true,
};

describe('parseUpOptions', () => {
  it('takes the password of ClickHouse out of its address', () => {
    const { clickhouse } = parseUpOptions({ ...options, clickhouse: 'http://belay:p%40ss@ch:8123/history' });
    expect(clickhouse).toEqual({ url: 'http://ch:8123', database: 'history', username: 'belay', password: 'p@ss' });
  });

  it('lists every problem at once', () => {
    expect(() => parseUpOptions({ ...options, tenant: 'Not OK', controlPort: '99999', clickhouse: 'nonsense' })).toThrow(
      /--control-port "99999".*--clickhouse.*--tenant "Not OK"/,
    );
  });

  it('refuses a part of the platform on engines that only one process can use', () => {
    expect(() => parseUpOptions({ ...options, roles: 'control' })).toThrow(/needs --kafka.*--roles control needs --postgres/);
    expect(() => parseUpOptions({ ...options, roles: 'collector', kafka: 'k:9092' })).toThrow(/--jwks-url/);
  });

  it('takes each real service alone', () => {
    expect(parseUpOptions({ ...options, kafka: 'a:9092, b:9092' })).toMatchObject({
      kafka: ['a:9092', 'b:9092'],
      postgres: undefined,
      clickhouse: undefined,
    });
  });

  it('takes what a backtest must cover to allow a promotion, and leaves the rest to control', () => {
    expect(parseUpOptions(options).promotion).toEqual({});
    const { promotion } = parseUpOptions({ ...options, promotionSpan: '2d', promotionDecisions: '0' });
    expect(promotion).toEqual({ promotionMinSpanMs: 172_800_000, promotionMinDecisions: 0 });
    expect(() => parseUpOptions({ ...options, promotionSpan: 'long', promotionDecisions: '-1' })).toThrow(
      /--promotion-span "long".*--promotion-decisions "-1"/,
    );
  });

  it('names an unknown role and the known ones', () => {
    expect(() => parseUpOptions({ ...options, roles: 'control,brain' })).toThrow(/no role "brain"/);
  });
});
