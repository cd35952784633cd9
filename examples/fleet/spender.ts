// Its prompt carries everything it was ever told, so each model call costs more than the one before. Belay pauses it.
import { createAgent, usd } from '@belay/instrumentation';
import { conversation, pause, post, say, workAs } from './company.ts';

interface Completion {
  text: string;
  usage: { inputTokens: number; outputTokens: number };
}

const USD_PER_INPUT_TOKEN = 3e-6;
const USD_PER_OUTPUT_TOKEN = 15e-6;

const agent = createAgent({ id: 'spender', name: 'market-research', version: '1.0.0' });

const think = agent.model({
  name: 'sample-large',
  provider: 'sample',
  run: (input: { prompt: string }, { signal }) => post<Completion>('/complete', input, signal),
  usage: (completion) => completion.usage,
  actualCost: (_input, completion) => usd(priceOf(completion)),
});

function priceOf({ usage }: Completion): number {
  return usage.inputTokens * USD_PER_INPUT_TOKEN + usage.outputTokens * USD_PER_OUTPUT_TOKEN;
}

const work = async (): Promise<void> => {
  let notes = 'Compare every competitor. ';
  for (let question = 1; ; question += 1) {
    const answer = await think({ prompt: `${notes} Question ${question}?` }, { intent: 'Answer the next research question.' });
    say(`chat sample-large, question ${question}: ${answer.usage.inputTokens} tokens in, $${priceOf(answer).toFixed(3)}`);
    notes += `${answer.text} ${notes.slice(0, 400_000)}`;
    await pause(100);
  }
};
await workAs(agent, () => agent.session({ id: conversation('spender') }, work));
