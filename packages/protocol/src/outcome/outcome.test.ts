import { describe, expect, it } from 'vitest';
import { classifyError, type ErrorFacts } from './classify-error.ts';
import { isEmptyResult } from './is-empty-result.ts';

describe('an empty result', () => {
  it.each([
    [null],
    [''],
    ['  \n'],
    [[]],
    [{}],
    ['[]'],
    ['{}'],
    ['null'],
    ['None'],
    [{ results: [] }],
    [{ items: [], total: 0, page: 1 }],
    [{ count: 0 }],
    [{ data: null, query: 'x' }],
    ['{"results": [], "query": "x"}'],
    ['No results found.'],
    ['No matches for "x"'],
    ['0 results'],
    ['Nothing was found'],
    ['Could not find [Milhouse]. Similar: [...]'],
    ['No more results.'],
    [[{ type: 'text', text: 'No results found' }]],
    [{ content: [{ type: 'text', text: '[]' }] }],
  ])('is %j', (result) => {
    expect(isEmptyResult(result)).toBe(true);
  });

  it.each([
    [undefined],
    [0],
    [false],
    [true],
    ['0'],
    ['ok'],
    [[0]],
    [[null]],
    [{ id: 1 }],
    [{ results: [1] }],
    [{ results: [], suggestions: 3, total: 7 }],
    [{ ok: true }],
    ['No problem, the order was placed.'],
    ['Not found in the first file, but here it is: 42. '.repeat(10)],
    ['{broken'],
    ['Nothing beats a good test.'],
  ])('is not %j', (result) => {
    expect(isEmptyResult(result)).toBe(false);
  });
});

describe('the class of an error', () => {
  it.each<[ErrorFacts, string]>([
    [{ statusCode: 429 }, 'transient'],
    [{ statusCode: 503, message: 'invalid' }, 'transient'],
    [{ statusCode: 401 }, 'permission'],
    [{ statusCode: 404 }, 'validation'],
    [{ statusCode: 501 }, 'tool'],
    [{ type: 'ECONNRESET' }, 'transient'],
    [{ type: 'TimeoutError' }, 'transient'],
    [{ message: 'Rate limit exceeded, try again later' }, 'transient'],
    [{ message: 'HTTP 502 Bad Gateway' }, 'transient'],
    [{ message: 'fetch failed' }, 'transient'],
    [{ type: 'PermissionError', message: 'nope' }, 'permission'],
    [{ message: 'EACCES: permission denied' }, 'permission'],
    [{ message: '403 Forbidden' }, 'permission'],
    [{ type: 'ValueError', message: 'x' }, 'validation'],
    [{ message: 'Missing required argument "to"' }, 'validation'],
    [{ message: 'ENOENT: no such file' }, 'validation'],
    [{ message: 'the disk is on fire' }, 'tool'],
    [{ message: 'order 5003 is odd' }, 'tool'],
    [{}, 'tool'],
  ])('of %j is %s', (facts, expected) => {
    expect(classifyError(facts)).toBe(expected);
  });
});
