import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';

/** The only signature algorithm accepted anywhere: Ed25519. */
export const SIGNATURE_ALGORITHM = 'EdDSA';

/** A new private Ed25519 key (JWK with `kid` = its RFC 7638 thumbprint). A secret: write it to a file of mode 600, never to a log. */
export async function generateSigningKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(SIGNATURE_ALGORITHM, { crv: 'Ed25519', extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, alg: SIGNATURE_ALGORITHM, use: 'sig', kid: await thumbprintOf(jwk) };
}

/** RFC 7638 thumbprint (SHA-256, base64url) of a key; the same for its private and its public half. */
export const thumbprintOf = (jwk: JWK): Promise<string> => calculateJwkThumbprint(jwk, 'sha256');

/** The public halves, as served at `/.well-known/jwks.json`. Holds no secret, whatever else the keys carry. */
export function publicJwks(...keys: readonly JWK[]): JSONWebKeySet {
  return { keys: keys.map(publicHalf) };
}

const publicHalf = ({ d: _secret, key_ops: _operations, ext: _extractable, ...rest }: JWK): JWK => rest;
