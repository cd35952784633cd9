import { context, diag, propagation, trace } from '@opentelemetry/api';
import { expect, it, onTestFinished } from 'vitest';
import { register } from './register.ts';
import { recordedAgent } from './testing/agent-for-tests.test-support.ts';
import { FOREVER_MS } from './testing/patience.test-support.ts';

it('starts telemetry for a host that has none; its spans and decisions meet in one trace', async () => {
  const { agent, collector } = await recordedAgent();
  onTestFinished(() => {
    for (const api of [trace, context, propagation, diag]) api.disable();
  });
  const telemetry = register({ endpoint: collector.url, serviceName: 'host', token: 'a.b.c', exportTimeoutMs: FOREVER_MS });
  const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
  await trace.getTracer('host').startActiveSpan('chat gpt-5', { attributes: { 'gen_ai.operation.name': 'chat' } }, async (span) => {
    await read({});
    span.end();
  });
  await telemetry.shutdown();
  await agent.flush();
  const [host] = collector.named('chat');
  const [decision] = collector.named('execute_tool');
  expect(host?.resource['service.name']).toBe('host');
  expect(decision).toMatchObject({ traceId: host?.traceId, parentSpanId: host?.spanId });
});
