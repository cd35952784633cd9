import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PageParams, pagesOf } from './pages.ts';

interface Row {
  readonly atUs: number;
  readonly id: number;
}
type After = { readonly afterUs: number; readonly afterId: number };

/** A table that answers as the engine does: rows of the slice after the cursor, in order, at most `limit`. */
const table = (rows: readonly Row[], asked: PageParams[] = []) => ({
  read: async (page: PageParams & After): Promise<Row[]> => {
    asked.push(page);
    return rows
      .filter(
        ({ atUs, id }) =>
          atUs >= page.sinceUs && atUs <= page.untilUs && (atUs > page.afterUs || (atUs === page.afterUs && id > page.afterId)),
      )
      .toSorted((a, b) => a.atUs - b.atUs || a.id - b.id)
      .slice(0, page.limit);
  },
});
const cursor = { first: { afterUs: -1, afterId: -1 }, after: ({ atUs, id }: Row): After => ({ afterUs: atUs, afterId: id }) };

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

test('every row of the window comes once, in order, however many share an instant and however small the pages', async () => {
  const day = 86_400_000_000;
  const times = fc.array(fc.oneof(fc.nat(5), fc.nat(3 * day), fc.constant(day)), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(times, fc.integer({ min: 1, max: 9 }), async (atUs, pageRows) => {
      const rows = atUs.map((at, id) => ({ atUs: at, id }));
      const window = { sinceUs: 3, untilUs: 2 * day };
      const wanted = rows.filter(({ atUs: at }) => at >= 3 && at <= 2 * day).toSorted((a, b) => a.atUs - b.atUs || a.id - b.id);
      expect(await all(pagesOf(window, table(rows).read, { ...cursor, pageRows }))).toEqual(wanted);
    }),
    { numRuns: 50 },
  );
});

test('a year of nothing is looked through in a few pages', async () => {
  const asked: PageParams[] = [];
  await all(pagesOf({ sinceUs: 0, untilUs: 365 * 86_400_000_000 }, table([], asked).read, cursor));
  expect(asked.length).toBeLessThan(30);
});
