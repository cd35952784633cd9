// Writes a plan, has it reviewed, writes it again. Alone it looks healthy: each call differs from the one before, and none fails.
import { createAgent, usd } from '@belay/instrumentation';
import { live, pause, receive, say, send } from './mail.ts';

const { PLANNER_PORT = '4871', REVIEWER_PORT = '4872' } = process.env;
const isStuck = !process.argv.includes('--healthy');
const conversation = `plan-${Date.now().toString(36)}`;
const agent = createAgent({ id: 'planner-agent', name: 'planner' });
live(agent);

const PARTS = [
  'budget',
  'staff',
  'schedule',
  'tests',
  'rollback',
  'training',
  'support',
  'hardware',
  'security',
  'handbook',
  'launch',
  'thanks',
];

const readNotes = agent.tool({
  name: 'read_notes',
  effect: 'read',
  run: async ({ page }: { page: number }) => `Notes of page ${page}: ${PARTS[page % PARTS.length]}.`,
});
/** A stand-in for a model. */
const write = agent.model({
  name: 'sample-model',
  provider: 'example',
  usage: ({ text }) => ({ inputTokens: 400, outputTokens: text.length }),
  actualCost: () => usd(0.004),
  run: async ({ round }: { round: number; prompt: string }) => ({ text: isStuck ? again(round) : next(round) }),
});
const askReviewer = agent.handover({
  agent: 'reviewer-agent',
  run: ({ text }: { text: string }) => send(`http://127.0.0.1:${REVIEWER_PORT}/`, text),
});

/** The plan as it was, with another number on it. */
const again = (round: number): string =>
  `Plan, version ${round}. We release on Monday morning after the nightly tests are green, two people watch the error rate for an hour, the old
  version stays ready to take over, support has the list of changes, and nobody leaves before the second backup has been read back and compared.
  Please look at the open question about the order of the two migrations and tell me what has to change before we can call this finished.`;

/** A plan that gets further: another part each time. */
const next = (round: number): string => {
  const part = PARTS[round % PARTS.length] ?? '';
  return Array.from({ length: 12 }, (_, line) => `${part}${line * round} ${part} item ${line + round * 31} done`).join('; ');
};

let round = 0;
async function plan(findings: string): Promise<void> {
  round += 1;
  if (!isStuck && round > PARTS.length) return say('The plan is finished.');
  await readNotes({ page: round }, { intent: `Look up what is known for version ${round}.` });
  const { text } = await write({ round, prompt: findings });
  await pause(40);
  say(`version ${round} → reviewer`);
  await askReviewer({ text }, { intent: 'Have the plan reviewed.' });
}

agent.onControl(({ state, holds }) => say(`${state}: ${holds.map(({ reason }) => reason).join('; ') || 'released'}`));
const inConversation = (work: () => Promise<void>) => agent.session({ id: conversation, keepOpen: true }, work);
await receive(Number(PLANNER_PORT), (findings) => inConversation(() => plan(findings)));
await inConversation(() => plan('Plan the release.'));
