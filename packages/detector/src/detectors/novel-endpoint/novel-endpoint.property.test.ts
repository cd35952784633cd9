import fc from 'fast-check';
import { expect, test } from 'vitest';
import { look, mail } from '../../testing/novelty-streams.test-support.ts';
import { createWatched, play } from '../../testing/watch.test-support.ts';
import { novelEndpointDetector } from './novel-endpoint.ts';

const people = ['ann@acme.shop', 'bob@acme.shop', 'drop@elsewhere.shop', 'x@y.shop', 'new@z.shop'];
const step = fc.record({ who: fc.nat(people.length - 1), session: fc.nat(3), isLook: fc.boolean(), isRefused: fc.boolean() });
const stream = fc.array(step, { minLength: 30, maxLength: 80 }).map((steps) =>
  steps.map(({ who, session, isLook, isRefused }, n) => {
    const overrides = {
      sessionId: `session-${session}-${Math.floor(n / 15)}`,
      outcome: {
        status: isRefused ? ('blocked' as const) : ('ok' as const),
        mentions: [`mailto:${people[(who + 1) % people.length] ?? ''}`],
      },
    };
    return isLook ? look(n + 1, overrides) : mail(n + 1, people[who] ?? '', overrides);
  }),
);

test('whatever was seen, a restored detector goes on as the one that was stored', () => {
  fc.assert(
    fc.property(stream, fc.double({ min: 0, max: 1, noNaN: true }), (events, share) => {
      const cut = Math.floor(events.length * share);
      const original = createWatched(novelEndpointDetector, { warmUpDecisions: 5 });
      play(original, events.slice(0, cut));
      const copy = createWatched(novelEndpointDetector, { warmUpDecisions: 5 });
      copy.restore(JSON.parse(JSON.stringify(original.snapshot())));
      expect(play(copy, events.slice(cut))).toEqual(play(original, events.slice(cut)));
      expect(copy.snapshot()).toEqual(original.snapshot());
    }),
  );
});

test('a lower threshold never finds less', () => {
  fc.assert(
    fc.property(stream, (events) => {
      const found = (alarmAtAlone: number) =>
        new Set(
          play(createWatched(novelEndpointDetector, { alarmAtAlone, warmUpDecisions: 5 }), events)
            .filter(({ finding }) => finding.facts.first_decision === finding.subject.id && finding.severity === 'warning')
            .map(({ at }) => at),
        ).size;
      expect(found(3.5) >= Math.min(1, found(5))).toBe(true);
    }),
  );
});

test('what is no snapshot is refused', () => {
  for (const state of [null, 1, [], { habits: null }, { habits: [], quarantine: {} }])
    expect(() => createWatched(novelEndpointDetector).restore(state)).toThrow();
});
