import { createAgent } from '../index.ts';
import { FOREVER_MS, PATIENT, PATIENT_TIMES } from './patience.test-support.ts';

/**
 * A host that somebody stops, as a user would write it, run as a process of its own: it ends by itself and never calls `shutdown`.
 * `HOST_STOPPED` says how: `waits` calls until it is refused and does not catch it, `catches` does, `aborted` is in the middle of a call,
 * `short` makes one call and is done. `HOST_ACK_FIRST_MS` is how long a refusal waits for its acknowledgement.
 */
const how = process.env.HOST_STOPPED;
const agent = createAgent(
  { id: 'host', ...PATIENT, logger: { warn: () => undefined } },
  { controlTimes: { ...PATIENT_TIMES, ackFirstMs: Number(process.env.HOST_ACK_FIRST_MS ?? FOREVER_MS) } },
);
const read = agent.tool({ name: 'read', effect: 'read', run: async () => 'done' });
const hang = agent.tool({
  name: 'hang',
  effect: 'read',
  run: (_input, { signal }) =>
    new Promise((_resolve, reject) => {
      const alive = setInterval(() => undefined, 1000);
      signal.addEventListener('abort', () => {
        clearInterval(alive);
        reject(signal.reason);
      });
    }),
});

async function callUntilRefused(): Promise<void> {
  for (;;) {
    await read({});
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

if (how === 'short') await read({});
if (how === 'waits') await callUntilRefused();
if (how === 'catches') await callUntilRefused().catch(() => undefined);
if (how === 'aborted') await hang({});
