// Well-behaved: looks for books, reads about them, answers three readers.
import { createAgent } from '@belay/instrumentation';
import { conversation, get, pause, post, say, workAs } from './company.ts';

const agent = createAgent({ id: 'librarian', name: 'librarian', version: '2.1.0' });

const search = agent.tool({
  name: 'search_catalogue',
  effect: 'read',
  run: (input: { q: string }, { signal }) => get<{ hits: string[] }>(`/search?q=${encodeURIComponent(input.q)}`, signal),
});
const readBook = agent.tool({
  name: 'read_book',
  effect: 'read',
  run: (input: { path: string }, { signal }) => get<{ title: string; pages: number; shelf: string }>(input.path, signal),
});
const answer = agent.tool({
  name: 'send_message',
  effect: 'write',
  run: (input: { to: string; text: string }, { signal }) => post<{ stored: boolean }>('/messages/reader', input, signal),
});

await workAs(agent, async () => {
  for (const [reader, topic] of [
    ['ada', 'bee'],
    ['grace', 'map'],
    ['edsger', 'sail'],
  ] as const) {
    await agent.session({ id: conversation(`librarian-${reader}`) }, async () => {
      const { hits } = await search({ q: topic }, { intent: `Look for books about ${topic} for ${reader}.` });
      say(`search_catalogue {"q":"${topic}"} → ${hits.length} hits`);
      for (const path of hits) {
        const book = await readBook({ path }, { intent: `Read about ${path}.` });
        say(`read_book {"path":"${path}"} → ${book.title}, shelf ${book.shelf}`);
        await pause(150);
        await answer(
          { to: `${reader}@readers.example`, text: `${book.title} is on shelf ${book.shelf}.` },
          { intent: `Send the message to ${reader}.` },
        );
        say(`send_message {"to":"${reader}@readers.example"} → stored`);
      }
    });
    await pause(300);
  }
});
