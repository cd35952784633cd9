import { CompactSign, compactVerify, importJWK, type JSONWebKeySet, type JWK } from 'jose';
import { publicJwks, SIGNATURE_ALGORITHM, thumbprintOf } from './signing-key.ts';

/** Member of a public JWK: compact JWS by the previous key over the thumbprint of this one. */
const ENDORSEMENT_MEMBER = 'belay_endorsement';
const ENDORSEMENT_TYPE = 'belay-key+jws';
const MAX_KEYS = 16;

/**
 * Public half of a new signing key that carries the signature of the previous one: who has pinned the old key follows to the new one, and to no
 * other. Publish it in `/.well-known/jwks.json` beside the old key while they overlap.
 */
export async function endorseKey(previous: JWK, next: JWK): Promise<JWK> {
  const header = { alg: SIGNATURE_ALGORITHM, typ: ENDORSEMENT_TYPE, kid: await thumbprintOf(previous) };
  const payload = new TextEncoder().encode(await thumbprintOf(next));
  const endorsement = await new CompactSign(payload).setProtectedHeader(header).sign(await importJWK(previous, SIGNATURE_ALGORITHM));
  const [publicHalf] = publicJwks(next).keys;
  return { ...publicHalf, [ENDORSEMENT_MEMBER]: endorsement } as JWK;
}

/** Keys of the set that the pinned thumbprint vouches for: the pinned one, and those endorsed by one of these. At most 16 keys are looked at. */
export async function trustedKeys(jwks: JSONWebKeySet, thumbprint: string): Promise<Map<string, JWK>> {
  const open = new Map<string, JWK>();
  for (const key of jwks.keys.slice(0, MAX_KEYS)) if (key.kty === 'OKP' && key.crv === 'Ed25519') open.set(await thumbprintOf(key), key);
  const trusted = new Map<string, JWK>();
  const pinned = open.get(thumbprint);
  if (pinned !== undefined) trusted.set(thumbprint, pinned);
  for (let grown = pinned !== undefined; grown; ) {
    grown = false;
    for (const [print, key] of open) {
      if (trusted.has(print) || !(await isEndorsed(key, print, trusted))) continue;
      trusted.set(print, key);
      grown = true;
    }
  }
  return trusted;
}

async function isEndorsed(key: JWK, print: string, trusted: ReadonlyMap<string, JWK>): Promise<boolean> {
  const endorsement = (key as Readonly<Record<string, unknown>>)[ENDORSEMENT_MEMBER];
  if (typeof endorsement !== 'string') return false;
  try {
    const { payload, protectedHeader } = await compactVerify(
      endorsement,
      async ({ kid }) => {
        const by = trusted.get(kid ?? '');
        if (by === undefined) throw new TypeError('endorsed by no trusted key');
        return importJWK(by, SIGNATURE_ALGORITHM);
      },
      { algorithms: [SIGNATURE_ALGORITHM] },
    );
    return protectedHeader.typ === ENDORSEMENT_TYPE && new TextDecoder().decode(payload) === print;
  } catch {
    return false;
  }
}
