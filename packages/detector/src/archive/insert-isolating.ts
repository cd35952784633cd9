import { BelayError, isBelayError } from '@belay/protocol';

/** An item that the engine refuses, and why. */
export interface Refused<T> {
  readonly item: T;
  readonly reason: string;
}

const REFUSED_ALWAYS_ALLOWED = 10;

/** So many rows are refused that the schema is suspected, not the data; nothing is given up. Retryable. */
export class FloodError extends BelayError {}

export interface IsolatingOptions<T> {
  readonly maxRefusedShare: number;
  /** A row that was stored before. When all others are refused it is sent again (the views show it once): if it is taken, the schema fits. */
  readonly witness: T | undefined;
}

/**
 * Inserts all items that the engine takes: on a permanent refusal the batch is halved until the bad rows stand alone. Costs one insert when
 * all is well and about 2·log₂(n) more per bad row.
 * @throws BelayError what `insert` threw when it is not a permanent refusal of content: some items may be stored, all may be sent again;
 *   {@link FloodError} when more than `maxRefusedShare` of the items (and more than ten) are refused, or all of them and the witness too:
 *   that is the schema, not the data.
 */
export async function insertIsolating<T>(
  items: readonly T[],
  insert: (items: readonly T[]) => Promise<void>,
  { maxRefusedShare, witness }: IsolatingOptions<T>,
): Promise<readonly Refused<T>[]> {
  const refused: Refused<T>[] = [];
  const limit = Math.max(REFUSED_ALWAYS_ALLOWED, items.length * maxRefusedShare);
  const store = async (part: readonly T[]): Promise<void> => {
    const reason = await refusalOf(part, insert);
    if (reason === undefined) return;
    const [item, next] = part;
    if (item !== undefined && next === undefined) {
      refused.push({ item, reason });
      if (refused.length > limit) throw tooMany(refused.length, items.length, reason);
      return;
    }
    const middle = part.length >> 1;
    await store(part.slice(0, middle));
    await store(part.slice(middle));
  };
  await store(items);
  const [first] = refused;
  if (first !== undefined && refused.length === items.length && !(await isTaken(witness, insert)))
    throw tooMany(refused.length, items.length, first.reason);
  return refused;
}

async function isTaken<T>(witness: T | undefined, insert: (items: readonly T[]) => Promise<void>): Promise<boolean> {
  return witness !== undefined && (await refusalOf([witness], insert)) === undefined;
}

async function refusalOf<T>(items: readonly T[], insert: (items: readonly T[]) => Promise<void>): Promise<string | undefined> {
  try {
    await insert(items);
    return undefined;
  } catch (error) {
    if (isBelayError(error) && error.code === 'bad_request') return error.message;
    throw error;
  }
}

const tooMany = (refused: number, of: number, reason: string): BelayError =>
  new FloodError(
    'unavailable',
    `The engine refused ${refused} rows of an insert of ${of}, which looks like a schema that does not fit and not like bad rows, so none is given up. The last reason: ${reason}`,
    { retryable: true },
  );
