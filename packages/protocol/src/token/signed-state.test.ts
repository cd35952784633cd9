import { CompactSign, importJWK, type JWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SignedState } from '../control/hold.ts';
import { endorseKey } from './endorsement.ts';
import { mintToken } from './mint-token.ts';
import { createStateVerifier, type StateVerifierOptions, signState } from './signed-state.ts';
import { generateSigningKey, publicJwks, thumbprintOf } from './signing-key.ts';

const state: SignedState = { iss: 'belay-control', aud: 'acme/billing-7', jti: 'j1', iat: 1, epoch: 3, holds: [], nonce: 'n1' };
let key: JWK;
let next: JWK;
let foreign: JWK;
let jws: string;

beforeAll(async () => {
  [key, next, foreign] = await Promise.all([generateSigningKey(), generateSigningKey(), generateSigningKey()]);
  jws = await signState(key, state);
});

async function verifier(options: Partial<StateVerifierOptions> = {}): Promise<ReturnType<typeof createStateVerifier>> {
  return createStateVerifier({
    thumbprint: await thumbprintOf(key),
    audience: 'acme/billing-7',
    jwks: publicJwks(key, foreign),
    ...options,
  });
}

const sign = async (payload: string, header: { alg: string; typ?: string; kid?: string }, by: JWK): Promise<string> =>
  new CompactSign(new TextEncoder().encode(payload)).setProtectedHeader(header).sign(await importJWK(by, 'EdDSA'));

describe('a signed state', () => {
  it('is given back as it was signed', async () => {
    expect(await (await verifier()).verify(jws)).toEqual({ state });
  });

  it('is refused from a key that is not the pinned one, although the key set holds it', async () => {
    expect(await (await verifier()).verify(await signState(foreign, state))).toEqual({ refused: 'unknown_key' });
  });

  it('is refused from a foreign key that names the pinned one', async () => {
    const forged = await sign(JSON.stringify(state), { alg: 'EdDSA', typ: 'belay-state+jws', kid: await thumbprintOf(key) }, foreign);
    expect(await (await verifier()).verify(forged)).toEqual({ refused: 'bad_signature' });
  });

  it('is refused when the key set gives foreign material under the pinned id', async () => {
    const [stolen] = publicJwks(foreign).keys;
    const jwks = { keys: [{ ...stolen, kid: await thumbprintOf(key) } as JWK] };
    expect(
      await (await verifier({ jwks })).verify(
        await sign(JSON.stringify(state), { alg: 'EdDSA', typ: 'belay-state+jws', kid: await thumbprintOf(key) }, foreign),
      ),
    ).toEqual({ refused: 'unknown_key' });
  });

  it('is refused for another agent', async () => {
    expect(await (await verifier({ audience: 'acme/billing-8' })).verify(jws)).toEqual({ refused: 'wrong_audience' });
  });

  it('is refused when it is a token of the same key', async () => {
    const token = await mintToken(key, { sub: 'x', jti: 'j', iat: 1, exp: 2e9, tenant: 'acme', kind: 'agent' });
    expect(await (await verifier()).verify(token)).toEqual({ refused: 'wrong_type' });
  });

  it('is refused with alg none, and with the public key as an HMAC secret', async () => {
    const none = Buffer.from('{"alg":"none","typ":"belay-state+jws"}').toString('base64url');
    expect(await (await verifier()).verify(`${none}.${jws.split('.')[1]}.`)).toEqual({ refused: 'wrong_algorithm' });
    const kid = await thumbprintOf(key);
    const hmac = await new SignJWT({ ...state })
      .setProtectedHeader({ alg: 'HS256', typ: 'belay-state+jws', kid })
      .sign(new Uint8Array(Buffer.from(key.x ?? '', 'base64url')));
    expect(await (await verifier()).verify(hmac)).toEqual({ refused: 'wrong_algorithm' });
  });

  it('is refused when tampered with: no hold can be taken out of it', async () => {
    const [header, , signature] = jws.split('.');
    const payload = Buffer.from(JSON.stringify({ ...state, epoch: 4 })).toString('base64url');
    expect(await (await verifier()).verify(`${header}.${payload}.${signature}`)).toEqual({ refused: 'bad_signature' });
  });

  it('is refused when rightly signed and wrongly shaped', async () => {
    const header = { alg: 'EdDSA', typ: 'belay-state+jws', kid: await thumbprintOf(key) };
    for (const payload of ['{}', '[]', 'no JSON', JSON.stringify({ ...state, epoch: -1 }), JSON.stringify({ ...state, iss: 'belay' })]) {
      expect(await (await verifier()).verify(await sign(payload, header, key))).toEqual({ refused: 'bad_state' });
    }
  });

  it.each(['', '.', 'a.b.c', '{}', 'x'.repeat(2_000_000)])('is refused when it is rubbish', async (text) => {
    expect(await (await verifier()).verify(text)).toEqual({ refused: 'malformed' });
  });

  it('says when the keys cannot be had, instead of failing', async () => {
    expect(await (await verifier({ jwks: () => Promise.reject(new Error('down')) })).verify(jws)).toEqual({ refused: 'no_keys' });
  });
});

describe('key rotation', () => {
  it('is followed to a key that the pinned one endorsed, and on to the one after', async () => {
    const third = await generateSigningKey();
    const keys = [...publicJwks(key).keys, await endorseKey(key, next), await endorseKey(next, third)];
    const following = await verifier({ jwks: { keys } });
    expect(await following.verify(await signState(next, state))).toEqual({ state });
    expect(await following.verify(await signState(third, state))).toEqual({ state });
    expect(JSON.stringify(keys)).not.toMatch(/"d":/);
  });

  it('is not followed to a key endorsed by itself, by a foreign key, or for another key', async () => {
    const endorsedForNext = await endorseKey(key, next);
    const moved = {
      ...publicJwks(foreign).keys[0],
      belay_endorsement: (endorsedForNext as Record<string, unknown>).belay_endorsement,
    } as JWK;
    for (const key2 of [await endorseKey(foreign, foreign), moved]) {
      expect(await (await verifier({ jwks: { keys: [...publicJwks(key).keys, key2] } })).verify(await signState(foreign, state))).toEqual({
        refused: 'unknown_key',
      });
    }
  });

  it('fetches the keys again when a state comes from a key not met before', async () => {
    let keys = publicJwks(key).keys;
    const following = await verifier({ jwks: async () => ({ keys }) });
    expect(await following.verify(jws)).toEqual({ state });
    keys = [...keys, await endorseKey(key, next)];
    expect(await following.verify(await signState(next, state))).toEqual({ state });
  });
});
