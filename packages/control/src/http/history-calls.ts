import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { BelayError, type OperatorRole } from '@belay/protocol';
import { z } from 'zod';
import type { HistoryReader, Services } from '../services.ts';
import type { Principal } from './authenticate.ts';
import { type Call, defineCall } from './call.ts';

const OPERATORS: readonly OperatorRole[] = ['operator', 'admin'];
const micros = z.coerce.number().int().min(0).max(8.64e15);
/** Readers at once: the engine serves the archive as well. */
const READERS_MAX = 2;

const readHistory = defineCall({
  id: 'readHistory',
  method: 'GET',
  path: '/v1/history/records',
  plane: 'operator',
  roles: OPERATORS,
  summary:
    'History as the detectors were told it: one JSON line per decision or input record, in the order received; what a backtest runs over. Cut off in the middle when something fails. 503 where no archive runs beside control.',
  query: z.object({
    sinceUs: micros,
    untilUs: micros,
    agents: z.string().min(1).max(256).default('*').describe('glob over agent ids'),
  }),
  responses: { 200: { description: 'lines of belay.decisions.v1', contentType: 'application/x-ndjson' } },
  handling: {
    kind: 'stream',
    handle: async (services, { query, principal }, reply) => {
      if (query.untilUs < query.sinceUs) throw new BelayError('bad_request', 'The window ends before it begins (untilUs < sinceUs).');
      const reader: Reader = { unreadPings: 0 };
      const body = Readable.from(linesOf(services, readerOf(services)({ tenant: principal.tenant, ...query }), reader));
      body.once('error', (error) => services.logger.warn({ error: String(error) }, 'Reading history for an operator ended early.'));
      attend(services, { principal, reader, body });
      await reply.type('application/x-ndjson').send(body);
    },
  },
});

function readerOf({ history, historyReaders }: Services): HistoryReader {
  if (history === undefined) {
    throw new BelayError(
      'unavailable',
      'No archive runs beside this control, so it has no history to read: give the address of ClickHouse itself (belay backtest --history --clickhouse URL).',
    );
  }
  if (historyReaders.size >= READERS_MAX)
    throw new BelayError('overloaded', 'History is being read by others already; try again.', { retryable: true, retryAfterMs: 10_000 });
  return history;
}

/** Who reads: pings since the last batch was offered that nobody took; undefined while the engine is asked. */
interface Reader {
  unreadPings: number | undefined;
}

/** As other streams: cut when its token ends or control stops; and when nobody reads, for others wait for its place. */
function attend(
  { streams }: Services,
  { principal, reader, body }: { readonly principal: Principal; readonly reader: Reader; readonly body: Readable },
): void {
  const entry = {
    principal,
    owner: `history/${principal.tenant}`,
    close: () => void body.destroy(new Error('the token has ended, or control stops')),
    ping: () => {
      if (reader.unreadPings === undefined) return;
      reader.unreadPings += 1;
      if (reader.unreadPings > UNREAD_PINGS_MAX) body.destroy(new Error('nobody read on'));
    },
  };
  if (!streams.add(entry))
    throw new BelayError('overloaded', 'There are too many open streams; try again.', { retryable: true, retryAfterMs: 5_000 });
  body.once('close', () => streams.remove(entry));
}

/** Five minutes at the usual rate of pings: a sweep over many values reads slowly. */
const UNREAD_PINGS_MAX = 60;

/**
 * Lines by the batch: a chunk per record would cost more than the record. Between two of them whatever else waits has its turn: nobody's
 * hold comes later for a backtest.
 */
async function* linesOf(
  { historyReaders }: Services,
  records: ReturnType<HistoryReader>,
  reader: Reader,
): AsyncGenerator<string, void, undefined> {
  historyReaders.add(reader);
  reader.unreadPings = undefined;
  try {
    let batch = '';
    for await (const record of records) {
      batch += `${JSON.stringify(record)}\n`;
      if (batch.length < CHUNK_CHARS) continue;
      reader.unreadPings = 0;
      yield batch;
      reader.unreadPings = undefined;
      batch = '';
      await setImmediate();
    }
    if (batch !== '') yield batch;
  } finally {
    historyReaders.delete(reader);
  }
}

const CHUNK_CHARS = 65_536;

/** What operators may read of the history. */
export const historyCalls: readonly Call[] = [readHistory];
