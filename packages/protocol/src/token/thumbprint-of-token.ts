import { decodeJwt } from 'jose';

/** The pinned thumbprint (`cnf.jkt`) in a token, read WITHOUT verifying it: for the holder of the token, never for who receives it. */
export function thumbprintOfToken(token: string): string | undefined {
  try {
    const { cnf } = decodeJwt<{ cnf?: { jkt?: unknown } }>(token);
    return typeof cnf?.jkt === 'string' ? cnf.jkt : undefined;
  } catch {
    return undefined;
  }
}
