import { BelayError, MESSAGE_MAX_BYTES } from '@belay/protocol';
import type { OutgoingMessage } from './bus.ts';

const OVERHEAD_BYTES = 64;

/** Bytes that a message takes in a queue: key, value, headers and a flat overhead. */
export function messageBytes(message: OutgoingMessage): number {
  let bytes = OVERHEAD_BYTES + Buffer.byteLength(message.key) + (message.value?.length ?? 0);
  for (const [name, value] of Object.entries(message.headers ?? {})) bytes += Buffer.byteLength(name) + Buffer.byteLength(value);
  return bytes;
}

/** @throws BelayError `too_large` (permanent) when the value is over MESSAGE_MAX_BYTES. */
export function assertMessageFits(message: OutgoingMessage): void {
  const bytes = message.value?.length ?? 0;
  if (bytes <= MESSAGE_MAX_BYTES) return;
  throw new BelayError(
    'too_large',
    `Message for ${message.topic} has ${bytes} bytes, the log takes ${MESSAGE_MAX_BYTES}. Split it into several messages of the same key.`,
  );
}
