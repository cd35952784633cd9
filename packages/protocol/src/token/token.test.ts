import { createManualClock } from '@belay/testkit';
import { importJWK, type JWK, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TokenClaims } from '../control/token.ts';
import { mintToken } from './mint-token.ts';
import { generateSigningKey, publicJwks, thumbprintOf } from './signing-key.ts';
import { thumbprintOfToken } from './thumbprint-of-token.ts';
import { createTokenVerifier } from './verify-token.ts';

const clock = createManualClock();
const nowS = Math.floor(clock.nowUs() / 1_000_000);
const claims: Omit<TokenClaims, 'iss'> = {
  sub: 'agents of acme',
  jti: 'jti-1',
  iat: nowS,
  exp: nowS + 3600,
  tenant: 'acme',
  kind: 'agent',
  agents: 'billing*',
};
let key: JWK;
let other: JWK;
let token: string;

beforeAll(async () => {
  [key, other] = await Promise.all([generateSigningKey(), generateSigningKey()]);
  token = await mintToken(key, claims);
});

const verify = (text: string): ReturnType<ReturnType<typeof createTokenVerifier>['verify']> =>
  createTokenVerifier({ jwks: publicJwks(key), clock }).verify(text);
const signed = async (payload: object, header: { alg: string; typ?: string; kid?: string }, by: JWK | Uint8Array): Promise<string> =>
  new SignJWT({ ...payload }).setProtectedHeader(header).sign(by instanceof Uint8Array ? by : await importJWK(by, 'EdDSA'));

describe('a token', () => {
  it('gives back its claims, with the thumbprint of the key that signs states', async () => {
    const jkt = await thumbprintOf(key);
    expect(await verify(token)).toEqual({ claims: { ...claims, iss: 'belay', cnf: { jkt } } });
    expect(thumbprintOfToken(token)).toBe(jkt);
    expect(thumbprintOfToken('rubbish')).toBeUndefined();
  });

  it('holds no thumbprint when it is no agent’s', async () => {
    const operator = await mintToken(key, { ...claims, kind: 'operator', role: 'viewer' });
    expect(thumbprintOfToken(operator)).toBeUndefined();
  });

  it('is not minted with claims that would be refused', async () => {
    await expect(mintToken(key, { ...claims, kind: 'root' } as unknown as TokenClaims)).rejects.toThrow();
  });
});

describe('the verifier refuses', () => {
  it('a token without a signature (alg none)', async () => {
    const unsigned = new UnsecuredJWT({ ...claims, iss: 'belay' }).encode();
    expect(await verify(unsigned)).toEqual({ refused: expect.stringMatching(/malformed|wrong_algorithm/) });
    const [, payload] = token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
    expect(await verify(`${none}.${payload}.`)).toEqual({ refused: 'wrong_algorithm' });
  });

  it('a token signed with the public key as an HMAC secret', async () => {
    const kid = await thumbprintOf(key);
    for (const secret of [Buffer.from(key.x ?? '', 'base64url'), Buffer.from(JSON.stringify(publicJwks(key).keys[0]))]) {
      expect(await verify(await signed({ ...claims, iss: 'belay' }, { alg: 'HS256', typ: 'at+jwt', kid }, new Uint8Array(secret)))).toEqual(
        { refused: 'wrong_algorithm' },
      );
    }
  });

  it('another key, under its own id and under ours', async () => {
    expect(await verify(await mintToken(other, claims))).toEqual({ refused: 'unknown_key' });
    const forged = await signed({ ...claims, iss: 'belay' }, { alg: 'EdDSA', typ: 'at+jwt', kid: await thumbprintOf(key) }, other);
    expect(await verify(forged)).toEqual({ refused: 'bad_signature' });
  });

  it('a key that the token brings along', async () => {
    const jwk = publicJwks(other).keys[0] as JWK;
    const forged = await new SignJWT({ ...claims, iss: 'belay' })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', jwk })
      .sign(await importJWK(other, 'EdDSA'));
    expect(await verify(forged)).toEqual({ refused: 'bad_signature' });
  });

  it('a changed payload', async () => {
    const [header, , signature] = token.split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims, iss: 'belay', tenant: 'victim' })).toString('base64url');
    expect(await verify(`${header}.${payload}.${signature}`)).toEqual({ refused: 'bad_signature' });
  });

  it('what is signed by the right key for another purpose', async () => {
    const kid = await thumbprintOf(key);
    expect(await verify(await signed({ ...claims, iss: 'belay' }, { alg: 'EdDSA', kid }, key))).toEqual({ refused: 'wrong_type' });
    expect(await verify(await signed({ ...claims, iss: 'belay' }, { alg: 'EdDSA', kid, typ: 'belay-state+jws' }, key))).toEqual({
      refused: 'wrong_type',
    });
    expect(await verify(await signed({ ...claims, iss: 'elsewhere' }, { alg: 'EdDSA', kid, typ: 'at+jwt' }, key))).toEqual({
      refused: 'bad_claims',
    });
    expect(await verify(await signed({ iss: 'belay', exp: nowS + 9 }, { alg: 'EdDSA', kid, typ: 'at+jwt' }, key))).toEqual({
      refused: 'bad_claims',
    });
    expect(await verify(await signed({ ...claims, iss: 'belay', exp: undefined }, { alg: 'EdDSA', kid, typ: 'at+jwt' }, key))).toEqual({
      refused: 'bad_claims',
    });
  });

  it.each(['', '.', '..', 'a.b.c', 'Bearer x', 'x'.repeat(100_000), '\ud800'])('%j', async (text) => {
    expect(await verify(text)).toEqual({ refused: expect.stringMatching(/^(?:malformed|wrong_algorithm)$/) });
  });

  it('a token before and after its time, also one it has seen to be good', async () => {
    const moving = createManualClock();
    const verifier = createTokenVerifier({ jwks: publicJwks(key), clock: moving });
    expect(await verifier.verify(token)).toHaveProperty('claims');
    moving.advance(3_606_000_000);
    expect(await verifier.verify(token)).toEqual({ refused: 'expired' });
    moving.setWall(clock.nowUs() - 60_000_000);
    expect(await verifier.verify(token)).toEqual({ refused: 'not_yet_valid' });
  });

  it('a revoked token, also one it has seen to be good', async () => {
    const revoked = new Set<string>();
    const verifier = createTokenVerifier({ jwks: publicJwks(key), clock, isRevoked: (jti) => revoked.has(jti) });
    expect(await verifier.verify(token)).toHaveProperty('claims');
    revoked.add('jti-1');
    expect(await verifier.verify(token)).toEqual({ refused: 'revoked' });
  });
});

describe('keys that are fetched', () => {
  it('are fetched once, again for an unknown key, and not again within ten seconds', async () => {
    const moving = createManualClock();
    let keys = publicJwks(key);
    let fetches = 0;
    const jwks = async (): Promise<typeof keys> => {
      fetches++;
      return keys;
    };
    const verifier = createTokenVerifier({ jwks, clock: moving });
    await verifier.verify(token);
    await verifier.verify(token);
    expect(fetches).toBe(1);
    keys = publicJwks(other);
    const fromOther = await mintToken(other, claims);
    expect(await verifier.verify(fromOther)).toEqual({ refused: 'unknown_key' });
    expect(fetches).toBe(1);
    moving.advanceMs(11_000);
    expect(await verifier.verify(fromOther)).toHaveProperty('claims');
    expect(fetches).toBe(2);
    expect(await verifier.verify(token)).toEqual({ refused: 'unknown_key' });
  });

  it('that could not be had are asked for again', async () => {
    let fails = true;
    const verifier = createTokenVerifier({ jwks: async () => (fails ? Promise.reject(new Error('down')) : publicJwks(key)), clock });
    await expect(verifier.verify(token)).rejects.toThrow('down');
    fails = false;
    expect(await verifier.verify(token)).toHaveProperty('claims');
  });
});

describe('public keys', () => {
  it('hold no secret', () => {
    expect(JSON.stringify(publicJwks(key, other))).not.toMatch(/"d":/);
  });
});
