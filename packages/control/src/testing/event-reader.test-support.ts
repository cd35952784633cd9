export interface ReadEvent {
  event: string;
  id: string | undefined;
  data: string;
  /** performance.now() at arrival. */
  atMs: number;
}

/** A client of server-sent events for tests. */
export interface EventReader {
  readonly status: number;
  /** The next event of this name; waits at most `deadlineMs`. */
  next(event: string, deadlineMs?: number): Promise<ReadEvent>;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

export async function readEvents(url: string, headers: Record<string, string>): Promise<EventReader> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const events: ReadEvent[] = [];
  let wake: () => void = () => undefined;
  const ended = pump(response, (event) => {
    events.push(event);
    wake();
  });
  return {
    status: response.status,
    ended,
    close: () => abort.abort(),
    next: async (name, deadlineMs = 100_000) => {
      const end = performance.now() + deadlineMs;
      for (;;) {
        const at = events.findIndex((event) => event.event === name);
        const found = events[at];
        if (found !== undefined) {
          events.splice(0, at + 1);
          return found;
        }
        const leftMs = end - performance.now();
        if (leftMs <= 0) throw new Error(`no event "${name}" within ${deadlineMs} ms`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, leftMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    },
  };
}

async function pump(response: Response, onEvent: (event: ReadEvent) => void): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        onEvent(parseEvent(text.slice(0, end)));
        text = text.slice(end + 2);
      }
    }
  } catch {
    return;
  }
}

function parseEvent(block: string): ReadEvent {
  const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
  return { event: fields.get('event') ?? 'message', id: fields.get('id'), data: fields.get('data') ?? '', atMs: performance.now() };
}
