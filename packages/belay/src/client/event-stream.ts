import { setTimeout as sleep } from 'node:timers/promises';
import { type Anomaly, type ControlEvent, decodeAnomaly, decodeControlEvent } from '@belay/protocol';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { OperatorClient } from './operator-client.ts';

/** Something that happened on the platform, as `GET /v1/events` tells it. */
export type LiveEvent =
  | { readonly kind: 'control'; readonly event: ControlEvent }
  | { readonly kind: 'anomaly'; readonly anomaly: Anomaly };

export interface WatchOptions {
  readonly signal: AbortSignal;
  /** Told when the stream is open (again): what happened in between may be missing when control no longer has it. */
  readonly onOpen?: () => void;
  /** Told when the stream broke and is tried again. */
  readonly onLost?: (why: string) => void;
}

const RECONNECT_MS = 500;

/** Events as they happen, until `signal` aborts. The first connection must work; later ones are tried again for as long as it takes. */
export async function* watchEvents(client: OperatorClient, options: WatchOptions): AsyncGenerator<LiveEvent> {
  let lastEventId: string | undefined;
  for (let isFirst = true; !options.signal.aborted; isFirst = false) {
    try {
      const body = await client.stream('/v1/events', options.signal, lastEventId);
      options.onOpen?.();
      const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
      for await (const message of messages) {
        lastEventId = message.id ?? lastEventId;
        const event = toLiveEvent(message.data);
        if (event !== undefined) yield event;
      }
      options.onLost?.('control closed the stream');
    } catch (error) {
      if (options.signal.aborted) return;
      if (isFirst || (error instanceof CliError && error.exitCode === EXIT.refused)) throw error;
      options.onLost?.(error instanceof Error ? error.message : String(error));
    }
    await sleep(RECONNECT_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** Told apart by shape, so that the name of the stream's event does not matter. Pings and what is unknown give undefined. */
export function toLiveEvent(data: string): LiveEvent | undefined {
  const anomaly = decodeAnomaly(data);
  if ('value' in anomaly) return { kind: 'anomaly', anomaly: anomaly.value };
  const control = decodeControlEvent(data);
  return 'value' in control ? { kind: 'control', event: control.value } : undefined;
}
