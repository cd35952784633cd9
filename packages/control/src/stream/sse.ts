import type { ServerResponse } from 'node:http';

interface SseEvent {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

const formatSse = ({ event, data, id }: SseEvent): string => `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`;

export interface SseStream {
  /** False when the client was too slow and has been dropped. */
  send(event: SseEvent): boolean;
  readonly isOpen: boolean;
  /** Called once, however the stream ends; at once when it has ended. */
  onClose(listener: () => void): void;
  close(): void;
}

/**
 * A server-sent event stream with a bound on what waits to be sent: a client that does not read is cut off rather than buffered for.
 */
export function openSse(response: ServerResponse, options: { bufferBytes: number }): SseStream {
  let isOpen = !response.destroyed && response.socket?.destroyed !== true;
  const listeners: (() => void)[] = [];
  const ended = (): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const listener of listeners) listener();
  };
  response.on('close', ended);
  response.on('error', ended);
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    connection: 'keep-alive',
    'x-accel-buffering': 'no',
  });
  response.socket?.setNoDelay(true);
  response.flushHeaders();
  return {
    send: (event) => {
      if (!isOpen) return false;
      response.write(formatSse(event));
      if (response.writableLength <= options.bufferBytes) return true;
      response.destroy();
      ended();
      return false;
    },
    get isOpen() {
      return isOpen;
    },
    onClose: (listener) => {
      if (isOpen) listeners.push(listener);
      else listener();
    },
    close: () => {
      if (isOpen) response.end();
      ended();
    },
  };
}
