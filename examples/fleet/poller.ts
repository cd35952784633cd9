// Waits for a job by asking again and again: the same call, but each answer is new, and its author says that it polls. Not a loop.
import { createAgent } from '@belay/instrumentation';
import { conversation, get, pause, say, workAs } from './company.ts';

interface Job {
  status: string;
  done: number;
  of: number;
}

const agent = createAgent({ id: 'poller', name: 'nightly-report', version: '1.0.0' });

const readJob = agent.tool({
  name: 'get_job',
  effect: 'read',
  poll: true,
  run: (input: { id: string }, { signal }) => get<Job>(`/jobs/${input.id}`, signal),
});

const id = `report-${process.pid}`;
await workAs(agent, () =>
  agent.session({ id: conversation('poller') }, async () => {
    for (let status = ''; status !== 'finished'; ) {
      const job = await readJob({ id }, { intent: `See how far job ${id} is.` });
      status = job.status;
      say(`get_job {"id":"${id}"} → ${job.status}, ${job.done} of ${job.of}`);
      await pause(60);
    }
  }),
);
