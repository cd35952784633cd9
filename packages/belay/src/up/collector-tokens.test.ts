import type { Database } from '@belay/control';
import { generateSigningKey } from '@belay/protocol';
import { createManualClock } from '@belay/testkit';
import { describe, expect, it } from 'vitest';
import { createCollectorTokens } from './collector-tokens.ts';
import { mint } from './tokens.ts';
import { parseUpOptions } from './up-settings.ts';

const options = { data: 'd', tenant: 'ours', host: 'h', collectorPort: '0', controlPort: '0', metricsPort: '0', canary: true };
const settings = parseUpOptions({ ...options, roles: 'collector,control,detector,archive' });

async function verifierWith(read: () => Promise<{ tenant: string; jti: string }[]>) {
  const clock = createManualClock();
  const key = await generateSigningKey();
  const query = { select: () => ({ execute: read }) };
  const database = { db: { selectFrom: () => query } } as unknown as Database;
  const minted = await mint(key, { kind: 'agent', subject: 's', tenant: 'ours', agents: '*', lifetimeDays: 1 }, clock);
  return { clock, jti: minted.claims.jti, token: minted.token, tokens: createCollectorTokens(settings, { key, clock, database }) };
}

describe('revoked tokens at the collector', () => {
  it('are refused, by tenant and id: a tenant cannot revoke the token of another', async () => {
    const rows: { tenant: string; jti: string }[] = [];
    const { clock, jti, token, tokens } = await verifierWith(async () => rows);
    rows.push({ tenant: 'theirs', jti });
    expect(await tokens.verify(token)).toHaveProperty('claims');
    rows.push({ tenant: 'ours', jti });
    clock.advance(5_100_000);
    expect(await tokens.verify(token)).toEqual({ refused: 'revoked' });
  });

  it('stay refused, and the others accepted, while the database is away', async () => {
    const state = { isAway: false };
    const { clock, token, tokens } = await verifierWith(async () => {
      if (state.isAway) throw new Error('connect ECONNREFUSED');
      return [];
    });
    expect(await tokens.verify(token)).toHaveProperty('claims');
    state.isAway = true;
    clock.advance(5_100_000);
    expect(await tokens.verify(token)).toHaveProperty('claims');
  });

  it('are not guessed at: without any list the answer is to come back later', async () => {
    const { token, tokens } = await verifierWith(() => Promise.reject(new Error('connect ECONNREFUSED')));
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'unavailable', retryable: true });
  });
});
