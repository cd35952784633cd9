import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SignedDelivery {
  readonly secret: string;
  /** Hex. */
  readonly signature: string | undefined;
  /** Unix time in seconds, decimal. */
  readonly timestamp: string | undefined;
  readonly body: Uint8Array;
  readonly nowUs: number;
  /** How far the timestamp may be from now, either way. */
  readonly windowMs: number;
}

export type SignatureVerdict =
  | { readonly valid: true }
  | { readonly refused: 'no_signature' | 'no_timestamp' | 'bad_signature' | 'outside_window' };

/**
 * Checks Grafana's signature: hex HMAC-SHA256 over `timestamp:body` with the contact point's secret. The timestamp is required: without it
 * a delivery could be replayed for ever. Constant time in the signature.
 */
export function verifyGrafanaSignature(delivery: SignedDelivery): SignatureVerdict {
  if (delivery.signature === undefined || !/^[0-9a-f]{64}$/i.test(delivery.signature)) return { refused: 'no_signature' };
  if (delivery.timestamp === undefined || !/^\d{1,12}$/.test(delivery.timestamp)) return { refused: 'no_timestamp' };
  const expected = createHmac('sha256', delivery.secret).update(`${delivery.timestamp}:`).update(delivery.body).digest();
  if (!timingSafeEqual(expected, Buffer.from(delivery.signature, 'hex'))) return { refused: 'bad_signature' };
  const distanceUs = Math.abs(delivery.nowUs - Number(delivery.timestamp) * 1_000_000);
  return distanceUs > delivery.windowMs * 1000 ? { refused: 'outside_window' } : { valid: true };
}

/** Compares secrets without telling by time how much of them is right. */
export function isSameSecret(secret: string, given: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', 'belay').update(text).digest();
  return timingSafeEqual(digest(secret), digest(given));
}
