import { existsSync } from 'node:fs';
import { type DecisionEvent, decodeLine, type InputRecord } from '@belay/protocol';
import { createChdbStore, createClickHouseStore, readHistory, type Store } from '@belay/store';
import { CliError, messageOf } from '../cli-error.ts';
import type { Connection } from '../client/connection.ts';
import { isAnswering } from '../client/is-answering.ts';
import { createOperatorClient, type OperatorClient } from '../client/operator-client.ts';
import { EXIT } from '../exit-code.ts';
import { type DataDir, dataDirAt } from '../up/data-dir.ts';
import { lockDataDir } from '../up/data-lock.ts';
import { parseClickHouseUrl } from '../up/up-settings.ts';
import type { RecordSource, SourceItem } from './record-source.ts';
import { type BacktestCapture, withoutContent } from './without-content.ts';

export interface HistoryOptions {
  readonly sinceUs: number;
  readonly untilUs: number;
  /** So much of what comes before it is learnt from as well, without being reported on. */
  readonly warmUpUs?: number | undefined;
  /** Glob over agent ids. */
  readonly agents: string;
  /** Default `redacted`: as it was stored. */
  readonly capture?: BacktestCapture | undefined;
  /** Of a store that is read directly; a platform reads that of the token. */
  readonly tenant: string;
  /** Address of ClickHouse, when it is read directly. */
  readonly clickhouse: string | undefined;
  readonly connection: Connection;
  /** The data folder. */
  readonly data: string;
  readonly signal: AbortSignal;
}

type Records = AsyncIterable<DecisionEvent | InputRecord>;

/**
 * What the detectors were told in a window: from ClickHouse when its address is given, else through the platform that runs, else from the
 * data folder of one that does not: its engine serves one process.
 * @throws CliError when there is none of them, or the window ends before it begins.
 */
export async function openHistory(options: HistoryOptions): Promise<RecordSource> {
  if (options.untilUs < options.sinceUs) throw new CliError(EXIT.usage, 'The window ends before it begins: --since is after --until.');
  if (options.clickhouse !== undefined) return ofStore(options, await openClickHouse(options.clickhouse));
  const { connection } = options;
  if (await isAnswering(connection.control)) return ofPlatform(options, createOperatorClient(connection));
  const dir = dataDirAt(options.data);
  if (existsSync(dir.history)) return ofFolder(options, dir);
  throw new CliError(
    EXIT.unreachable,
    `There is no history to read: no platform answers at ${connection.control}, and ${dir.path} holds none.`,
    {
      hint: 'Start the platform ("belay up"), name its data folder (--data DIR) or its address (--control URL), or give ClickHouse itself: --clickhouse http://user:password@host:8123/belay',
    },
  );
}

async function openClickHouse(text: string): Promise<Store> {
  const address = parseClickHouseUrl(text);
  if (address === undefined) throw new CliError(EXIT.usage, '--clickhouse is no address like http://user:password@host:8123/belay');
  return createClickHouseStore(address);
}

async function ofFolder(options: HistoryOptions, dir: DataDir): Promise<RecordSource> {
  const lock = lockDataDir(dir);
  try {
    const store = await createChdbStore({ path: dir.history });
    await store.migrate();
    return ofStore(options, store, () => lock.release());
  } catch (error) {
    lock.release();
    throw error;
  }
}

function ofStore(options: HistoryOptions, store: Store, closed: () => void = () => undefined): RecordSource {
  const close = async (): Promise<void> => {
    await store.close();
    closed();
  };
  return sourceOf(options, () => readHistory(store.queries, { ...options, sinceUs: firstOf(options) }), close);
}

const ofPlatform = (options: HistoryOptions, client: OperatorClient): RecordSource =>
  sourceOf(
    options,
    () => streamed(options, client),
    async () => undefined,
  );

const firstOf = ({ sinceUs, warmUpUs = 0 }: HistoryOptions): number => Math.max(0, sinceUs - warmUpUs);

async function* streamed(options: HistoryOptions, client: OperatorClient): Records {
  const { untilUs, agents, signal } = options;
  const query = new URLSearchParams({ sinceUs: String(firstOf(options)), untilUs: String(untilUs), agents });
  const body = await client.stream(`/v1/history/records?${query}`, signal);
  try {
    for await (const line of linesOf(body)) {
      const decoded = decodeLine(line);
      if ('malformed' in decoded) throw new CliError(EXIT.failure, `A line of the history is not understood: ${decoded.malformed}.`);
      yield 'event' in decoded ? decoded.event : decoded.input;
    }
  } catch (cause) {
    if (cause instanceof CliError || signal.aborted) throw cause;
    throw new CliError(EXIT.unreachable, `The history broke off: ${messageOf(cause)}. What was shown of it is not the whole.`, {
      hint: 'The log of the platform has the reason; try again, or a smaller window (--since, --agent).',
      cause,
    });
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/** Progress is how much of the window has passed. */
function sourceOf(options: HistoryOptions, records: () => Records, close: () => Promise<void>): RecordSource {
  const { sinceUs, untilUs, agents, capture } = options;
  const firstUs = firstOf(options);
  async function* items(): AsyncGenerator<SourceItem> {
    let done = 0;
    for await (const stored of records()) {
      const record = capture === 'off' && !('record' in stored) ? withoutContent(stored) : stored;
      const atUs = 'record' in record ? record.atUs : record.receivedUs;
      done = Math.max(done, atUs - firstUs);
      yield { record, done, isWarmUp: atUs < sinceUs };
    }
  }
  return { name: agents === '*' ? 'history' : `history of ${agents}`, total: untilUs - firstUs, items, close };
}
