const HOUR_US = 3_600_000_000;
/** Rows of one page: 15 MB of usual decisions, 300 MB when each is as long as one may be. */
const PAGE_ROWS = 10_000;
/** A page is looked for in a slice of the window, so that the engine sorts no more than that. */
const SLICE_MIN_US = 60_000_000;
const SLICE_MAX_US = 30 * 24 * HOUR_US;

/** Where a page begins and how much it may hold: beside the cursor. */
export interface PageParams {
  readonly sinceUs: number;
  readonly untilUs: number;
  readonly limit: number;
}

/** How a reader goes on after a row. */
export interface Cursor<Row, After> {
  readonly first: After;
  readonly after: (row: Row) => After;
  /** Rows of one page; default 10,000. */
  readonly pageRows?: number | undefined;
  /** The first slice of time; default an hour. */
  readonly sliceUs?: number | undefined;
}

/**
 * Rows of a window page by page, in order. The slice of time that a page is looked for in grows where there is little and shrinks where there
 * is much. At most `pageRows` rows are held.
 */
export async function* pagesOf<Row, After extends object>(
  { sinceUs, untilUs }: { readonly sinceUs: number; readonly untilUs: number },
  read: (page: PageParams & After) => Promise<readonly Row[]>,
  { first, after, pageRows = PAGE_ROWS, sliceUs: firstSliceUs = HOUR_US }: Cursor<Row, After>,
): AsyncGenerator<Row, void, undefined> {
  let sliceUs = firstSliceUs;
  let fromUs = sinceUs;
  let cursor = first;
  while (fromUs <= untilUs) {
    const endUs = Math.min(untilUs, fromUs + sliceUs - 1);
    const rows = await read({ sinceUs: fromUs, untilUs: endUs, limit: pageRows, ...cursor });
    yield* rows;
    const last = rows.at(-1);
    if (last !== undefined) cursor = after(last);
    const isFull = rows.length >= pageRows;
    if (!isFull) fromUs = endUs + 1;
    if (isFull) sliceUs = Math.max(SLICE_MIN_US, Math.floor(sliceUs / 2));
    else if (rows.length < pageRows / 4) sliceUs = Math.max(sliceUs, Math.min(SLICE_MAX_US, sliceUs * 2));
  }
}
