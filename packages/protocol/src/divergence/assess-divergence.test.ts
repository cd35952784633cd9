import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assessDivergence, type DivergenceInput } from './assess-divergence.ts';
import { DIVERGENCE_REASONS } from './reasons.ts';

const refund = { name: 'issue_refund', effect: 'destructive', arguments: { orderId: '1234', amountUsd: 20 } } as const;
const mail = { name: 'send_email', effect: 'write', arguments: { to: 'bob@a.example', body: 'hi' } } as const;
const rows = { name: 'update_products', effect: 'write', arguments: { shop: 'x' }, maxImpact: { rows: 10 } } as const;

const reasonsOf = (input: DivergenceInput): string[] | undefined => assessDivergence(input)?.reasons;

describe('intent against call', () => {
  it.each<[string, DivergenceInput['call'], string[]]>([
    ['The customer was charged twice; refund the second charge.', refund, []],
    ['Refund $20 for order 1234', refund, []],
    ['Refund $50 for order 1234', refund, ['intent.other_amount']],
    ['Give back €1,020.50', { ...refund, arguments: { amountEur: 1020.5 } }, []],
    ['I will check the status of order 1234', refund, ['intent.says_read_destroys']],
    ['Look up what the weather is like', mail, ['intent.says_read', 'intent.unrelated']],
    ['Tell the customer that it has shipped', mail, []],
    ['Send the report to bob@a.example', mail, []],
    ['Send the report to ann@a.example', mail, ['intent.other_recipient']],
    ['Send the report to bob@b.example', mail, ['intent.other_recipient']],
    ['Find the hotel with the best rating', { name: 'get_rating_reviews', effect: 'read', arguments: {} }, []],
    ['Book a table for two', { name: 'delete_file', effect: 'destructive', arguments: { path: '/a' } }, ['intent.unrelated']],
    ['Ich erstatte dem Kunden den Betrag', refund, []],
    ['refund', refund, []],
  ])('%j: %o', (intent, call, expected) => {
    expect(reasonsOf({ intent, call })).toEqual(expected);
  });
});

describe('call against outcome', () => {
  it.each<[DivergenceInput['call'], NonNullable<DivergenceInput['outcome']>, string[]]>([
    [refund, { status: 'ok', result: { refunded: 20 } }, []],
    [refund, { status: 'ok', result: { error: 'card expired' } }, ['outcome.error_in_ok']],
    [refund, { status: 'ok', result: '{"success":false}' }, ['outcome.error_in_ok']],
    [refund, { status: 'ok', result: 'Traceback (most recent call last):' }, ['outcome.error_in_ok']],
    [refund, { status: 'ok', result: { errors: [], status: 200 } }, []],
    [refund, { status: 'error', result: { error: 'x' } }, []],
    [refund, { status: 'ok', result: { orderId: '9999' } }, ['outcome.other_resource']],
    [refund, { status: 'ok', resultPreview: '{"orderId":1234}' }, []],
    [rows, { status: 'ok', affected: 10 }, []],
    [rows, { status: 'ok', affected: 11 }, ['outcome.more_affected']],
    [{ ...rows, planned: { rows: 3 } }, { status: 'ok', affected: 2 }, ['outcome.not_as_planned']],
    [{ ...rows, promisesResult: true }, { status: 'ok', empty: true }, ['outcome.nothing_found']],
    [rows, { status: 'ok', empty: true }, []],
  ])('%o gave %o', (call, outcome, expected) => {
    expect(reasonsOf({ call, outcome })).toEqual(expected);
  });
});

describe('divergence', () => {
  it('is unknown where there is nothing to compare', () => {
    expect(assessDivergence({ call: refund })).toBeUndefined();
    expect(assessDivergence({ call: refund, intent: ' ' })).toBeUndefined();
  });

  it('adds up, and stays below 1', () => {
    const one = assessDivergence({ call: refund, expectation: 'refunded another amount' });
    const two = assessDivergence({ call: refund, expectation: 'refunded another amount', intent: 'Refund $50' });
    expect(one).toEqual({ score: 0.7, reasons: ['outcome.unexpected'] });
    expect(two).toEqual({ score: 0.88, reasons: ['intent.other_amount', 'outcome.unexpected'] });
  });

  it('never throws, and its score is 0 exactly when it has no reason', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.jsonValue(), fc.jsonValue(), (intent, name, args, result) => {
        const found = assessDivergence({ intent, call: { name, effect: 'write', arguments: args }, outcome: { status: 'ok', result } });
        expect(found?.score === 0).toBe(found?.reasons.length === 0);
        for (const reason of found?.reasons ?? []) expect(DIVERGENCE_REASONS).toHaveProperty([reason]);
      }),
    );
  });
});
