import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TOPICS } from '@belay/protocol';
import { numbered, textOf } from './log.test-support.ts';
import { type LogAddress, openLog } from './open-log.test-support.ts';

/*
 * A process to be killed. `consume`: appends "key number" to the file for each message, slowly, as the effect that must come before the commit.
 * `publish`: appends each number once its publish was acknowledged.
 */
const [role = '', address = '', effects = ''] = process.argv.slice(2);
const bus = await openLog(JSON.parse(address) as LogAddress);

if (role === 'consume') {
  await bus.consume({
    group: 'readers',
    topics: [TOPICS.decisions],
    startFrom: 'earliest',
    handler: {
      async onBatch({ messages }) {
        for (const message of messages) {
          appendFileSync(effects, `${message.key} ${textOf(message)}\n`);
          await sleep(1);
        }
      },
    },
  });
} else {
  for (let from = 0; ; from += 5) {
    await bus.publisher.publish(numbered(5, 3, from));
    for (let number = from; number < from + 5; number += 1) appendFileSync(effects, `${number}\n`);
  }
}
