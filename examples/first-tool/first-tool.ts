// The first guarded tool. Run it in the repository, after `npm start`, on any Node:  npx node examples/first-tool/first-tool.ts
import { createAgent } from '@belay/instrumentation';

const agent = createAgent({ id: 'first-agent' });
const getWeather = agent.tool({ name: 'get_weather', effect: 'read', run: async ({ city }: { city: string }) => `Sunny in ${city}` });
process.stdout.write(`${await getWeather({ city: 'Lisbon' }, { intent: 'Tell the user the weather in Lisbon.' })}\n`);
