// Reviews what it is given and hands it back. Alone it looks healthy too. It never says "yes".
import { createAgent, usd } from '@belay/instrumentation';
import { live, pause, receive, say, send } from './mail.ts';

const { PLANNER_PORT = '4871', REVIEWER_PORT = '4872' } = process.env;
const isStuck = !process.argv.includes('--healthy');
const conversation = `review-${Date.now().toString(36)}`;
const agent = createAgent({ id: 'reviewer-agent', name: 'reviewer' });
live(agent);

const readRule = agent.tool({
  name: 'read_rule',
  effect: 'read',
  run: async ({ number }: { number: number }) => `Rule ${number}: plans are complete.`,
});
/** A stand-in for a model. */
const judge = agent.model({
  name: 'sample-model',
  provider: 'example',
  usage: ({ text }) => ({ inputTokens: 600, outputTokens: text.length }),
  actualCost: () => usd(0.006),
  run: async ({ plan, round }: { plan: string; round: number }) => ({
    text: isStuck ? notYet(round) : `I read: ${plan.slice(40, 200)}. Go on.`,
  }),
});
const answerPlanner = agent.handover({
  agent: 'planner-agent',
  run: ({ text }: { text: string }) => send(`http://127.0.0.1:${PLANNER_PORT}/`, text),
});

const notYet = (round: number): string =>
  `Review ${round}. Thank you, this reads well and I have only one wish left: please think again about the order of the two migrations, since the
  second one depends on a column that the first one renames, and say plainly who decides when we go back. Everything else is fine as it is, so
  keep the rest of the text unchanged and send me the whole plan once more when you have considered this point.`;

let round = 0;
async function review(plan: string): Promise<void> {
  round += 1;
  await readRule({ number: round }, { intent: 'Know what a plan has to have.' });
  const { text } = await judge({ plan, round });
  await pause(40);
  say(`review ${round} → planner`);
  await answerPlanner({ text }, { intent: 'Tell the planner what is missing.' });
}

agent.onControl(({ state, holds }) => say(`${state}: ${holds.map(({ reason }) => reason).join('; ') || 'released'}`));
await receive(Number(REVIEWER_PORT), (plan) => agent.session({ id: conversation, keepOpen: true }, () => review(plan)));
say('the reviewer is ready');
