import { describe, expect, it } from 'vitest';
import { createAgent } from '../index.ts';

describe('an agent', () => {
  it.each(['18.20.8', '20.20.2', '22.14.0'])('is not made on Node %s, and says which Node it needs', (nodeVersion) => {
    const make = () => createAgent({ id: 'agent-1' }, { nodeVersion });
    expect(make).toThrow(expect.objectContaining({ code: 'bad_configuration' }));
    expect(make).toThrow(`needs Node 22.15 or newer; this process runs on Node ${nodeVersion}`);
  });

  it.each(['22.15.0', '24.0.1', '26.1.0'])('is made on Node %s', async (nodeVersion) => {
    const agent = createAgent({ id: 'agent-1', logger: { warn: () => undefined } }, { nodeVersion });
    expect(agent.state).toBe('running');
    await agent.shutdown();
  });
});
