import type { TokenClaims, VerifiedToken } from '@belay/protocol';
import { createManualClock } from '@belay/testkit';
import { describe, expect, it } from 'vitest';
import { type Authenticator, createAuthenticator } from './authenticate.ts';

const clock = createManualClock();
const claims: TokenClaims = {
  iss: 'belay',
  sub: 's',
  jti: 'j',
  iat: 0,
  exp: clock.nowUs() / 1e6 + 60,
  tenant: 'acme',
  kind: 'agent',
  agents: 'b*',
};

function authenticator(outcome: () => VerifiedToken | Promise<never>): Authenticator & { asked: () => number } {
  let asked = 0;
  const verify = async (): Promise<VerifiedToken> => {
    asked += 1;
    return outcome();
  };
  return { ...createAuthenticator({ tokens: { verify }, clock, cacheMs: 10_000 }), asked: () => asked };
}

describe('a token', () => {
  it('gives tenant and binding of the caller', async () => {
    const { authenticate } = authenticator(() => ({ claims }));
    expect(await authenticate('Bearer abc')).toEqual({ caller: { tenant: 'acme', binding: { agents: 'b*' }, tokenId: 'j' } });
  });

  it('is believed for the cache time, and never beyond its expiry', async () => {
    const { authenticate, asked } = authenticator(() => ({ claims: { ...claims, exp: clock.nowUs() / 1e6 + 5 } }));
    await authenticate('Bearer abc');
    await authenticate('bearer abc');
    expect(asked()).toBe(1);
    clock.advanceMs(5_001);
    await authenticate('Bearer abc');
    expect(asked()).toBe(2);
  });

  it('revoked is refused once the cache time is over', async () => {
    let outcome: VerifiedToken = { claims };
    const { authenticate } = authenticator(() => outcome);
    await authenticate('Bearer abc');
    outcome = { refused: 'revoked' };
    expect(await authenticate('Bearer abc')).toHaveProperty('caller');
    clock.advanceMs(10_001);
    expect(await authenticate('Bearer abc')).toMatchObject({ refused: { status: 401 } });
  });

  it.each([
    ['of an operator', { ...claims, kind: 'operator' as const }],
    ['that names no agents', { ...claims, agents: undefined }],
    ['of a tenant that is none', { ...claims, tenant: 'A B' }],
  ])('%s is 403', async (_, odd) => {
    const { authenticate } = authenticator(() => ({ claims: odd as TokenClaims }));
    expect(await authenticate('Bearer abc')).toMatchObject({ refused: { status: 403 } });
  });

  it('of a service may speak for every agent', async () => {
    const { agents: _, ...rest } = claims;
    const { authenticate } = authenticator(() => ({ claims: { ...rest, kind: 'service' } }));
    expect(await authenticate('Bearer abc')).toMatchObject({ caller: { binding: { agents: undefined } } });
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', `Bearer ${'x'.repeat(9000)}`])(
    '%j is not even looked at',
    async (header) => {
      const { authenticate, asked } = authenticator(() => ({ claims }));
      expect(await authenticate(header)).toMatchObject({ refused: { status: 401 } });
      expect(asked()).toBe(0);
    },
  );

  it('that cannot be checked now is 503, and is not repeated in the answer', async () => {
    const { authenticate } = authenticator(() => Promise.reject(new Error('no keys')));
    const answer = await authenticate('Bearer secret-token');
    expect(answer).toMatchObject({ refused: { status: 503 } });
    expect(JSON.stringify(answer)).not.toContain('secret-token');
  });
});
