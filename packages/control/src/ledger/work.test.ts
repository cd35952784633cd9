import { expect, test } from 'vitest';
import { parseNotice } from './work.ts';

test.each(['', '{', 'null', '7', '{"agents":1}'])(
  'a notice that is not one of ours (%j) is told from ours, and nothing is thrown',
  (payload) => {
    expect(parseNotice(payload)).toBeUndefined();
  },
);

test('a notice of ours is read', () => {
  expect(parseNotice('{"agents":["t/a",7],"outbox":true}')).toEqual({ agents: ['t/a'], outbox: true, tokens: false });
});
