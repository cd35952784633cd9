import { writeSync } from 'node:fs';
import { createAgent, isActionRefusal } from '../index.ts';
import { FOREVER_MS, PATIENT_TIMES } from './patience.test-support.ts';

/**
 * A host as a user would write it, run as a process of its own: reads, writes and destroys once each and prints what came of it. Anything
 * that is thrown and is no refusal of ours ends it with a stack and another exit code. With `HOST_PATIENT` it waits for collector and
 * control, at its end too; without, it gives them a moment. In both a single request to control may take longer than the test.
 */
const isPatient = process.env.HOST_PATIENT !== undefined;
const agent = createAgent(
  {
    id: 'host',
    exportTimeoutMs: isPatient ? FOREVER_MS : 300,
    ...(isPatient ? { exitFlushMs: 60_000 } : {}),
    failMode: {
      graceMs: FOREVER_MS,
      waitForControlMs: isPatient ? FOREVER_MS : 100,
      recordTimeoutMs: isPatient ? FOREVER_MS : 200,
    },
    logger: { warn: () => undefined },
  },
  { controlTimes: PATIENT_TIMES },
);
const tool = (name: string, effect: 'read' | 'write' | 'destructive') => agent.tool({ name, effect, run: async () => 'done' });
const tools = [tool('read', 'read'), tool('write', 'write'), tool('destroy', 'destructive')];
const seen: Record<string, string> = {};
for (const [index, call] of tools.entries()) {
  seen[['read', 'write', 'destroy'][index] ?? ''] = await call({}).then(
    () => 'ran',
    (error: unknown) => (isActionRefusal(error) ? error.rule : `unexpected: ${String(error)}`),
  );
}
for (let i = 0; i < Number(process.env.HOST_READS ?? 0); i += 1) await tools[0]?.({ i, text: 'x'.repeat(1000) });
writeSync(1, `${JSON.stringify({ seen, droppedSpans: agent.droppedSpans, rss: process.memoryUsage().rss })}\n`);
