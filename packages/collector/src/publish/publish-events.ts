import type { OutgoingMessage, Publisher } from '@belay/bus';
import { isBelayError } from '@belay/protocol';
import type { Refusal } from '../http/answer.ts';

export type Published = { readonly ok: true } | { readonly ok: false; readonly refused: Refusal };

export interface PublishOptions {
  readonly timeoutMs: number;
  /** Called once, when the log has settled: maybe long after a time-out was reported. */
  readonly onSettled: () => void;
}

/** Waits for the log's acknowledgement, at most `timeoutMs`. Never rejects: a failure is what to tell the sender. */
export async function publishEvents(
  publisher: Publisher,
  messages: readonly OutgoingMessage[],
  options: PublishOptions,
): Promise<Published> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Published>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, refused: LATE }), options.timeoutMs);
  });
  const written = publisher
    .publish(messages)
    .then(
      (): Published => ({ ok: true }),
      (error: unknown): Published => ({ ok: false, refused: refusalOf(error) }),
    )
    .finally(options.onSettled);
  try {
    return await Promise.race([written, late]);
  } finally {
    clearTimeout(timer);
  }
}

const LATE: Refusal = { status: 503, message: 'The log did not acknowledge in time; send the same request again.', retryAfterMs: 1000 };

/** Resending helps after a retryable failure only; OTLP exporters take 503 for that and give up on 500. */
function refusalOf(error: unknown): Refusal {
  if (isBelayError(error) && error.retryable) {
    const message = `The log cannot take decisions now (${error.code}); send the same request again later.`;
    return { status: 503, message, ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) };
  }
  const code = isBelayError(error) ? error.code : 'internal';
  return { status: 500, message: `The log refused these decisions for good (${code}); do not resend them.` };
}
