import { context, diag, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { suppressTracing } from '@opentelemetry/core';
import { AlwaysOffSampler, AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordedAgent } from '../testing/agent-for-tests.test-support.ts';

function hostTelemetry(sampler: AlwaysOnSampler | AlwaysOffSampler): {
  readonly exporter: InMemorySpanExporter;
  readonly provider: TracerProvider;
} {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  onTestFinished(() => {
    trace.disable();
    context.disable();
  });
  return { exporter, provider };
}

describe('beside a host with its own telemetry', () => {
  it('decisions hang under the active span of the host, and stay out of its exporter', async () => {
    const { exporter } = hostTelemetry(new AlwaysOnSampler());
    const { agent, collector } = await recordedAgent();
    const read = agent.tool({ name: 'read', effect: 'read', run: () => trace.getActiveSpan()?.spanContext().spanId });
    const host = trace.getTracer('host').startSpan('request');
    const seenByTool = await context.with(trace.setSpan(context.active(), host), () => read({}));
    host.end();
    await agent.flush();
    const { traceId, spanId } = host.spanContext();
    expect(collector.spans[0]).toMatchObject({ traceId, parentSpanId: spanId });
    expect(exporter.getFinishedSpans().map((span) => span.name)).toEqual(['request']);
    expect(seenByTool).toBe(spanId);
  });

  it('a sampler that is off drops no decision', async () => {
    const { exporter } = hostTelemetry(new AlwaysOffSampler());
    const { agent, collector } = await recordedAgent();
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
    const host = trace.getTracer('host').startSpan('request');
    await context.with(trace.setSpan(context.active(), host), () => read({}));
    await agent.flush();
    expect(collector.spans[0]).toMatchObject({ name: 'execute_tool read', traceId: host.spanContext().traceId });
    expect(exporter.getFinishedSpans()).toEqual([]);
  });

  it('suppressed tracing drops no decision either', async () => {
    hostTelemetry(new AlwaysOnSampler());
    const { agent, collector } = await recordedAgent();
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
    await context.with(suppressTracing(context.active()), () => read({}));
    await agent.flush();
    expect(collector.spans).toHaveLength(1);
  });

  it('a session under a host span keeps the nearer parent', async () => {
    hostTelemetry(new AlwaysOnSampler());
    const { agent, collector } = await recordedAgent();
    const read = agent.tool({ name: 'read', effect: 'read', run: () => 1 });
    const tracer = trace.getTracer('host');
    const host = tracer.startSpan('request');
    let inner = '';
    await context.with(trace.setSpan(context.active(), host), () =>
      agent.session({ id: 's' }, async () => {
        await read({ first: true });
        const closer = tracer.startSpan('closer');
        inner = closer.spanContext().spanId;
        await context.with(trace.setSpan(context.active(), closer), () => read({}));
      }),
    );
    await agent.flush();
    const [session] = collector.named('invoke_agent');
    expect(session?.parentSpanId).toBe(host.spanContext().spanId);
    expect(collector.named('execute_tool').map((span) => span.parentSpanId)).toEqual([session?.spanId, inner]);
  });

  it('replaces nothing global', async () => {
    const before = [
      trace.getTracerProvider(),
      metrics.getMeterProvider(),
      propagation.fields().length,
      diag.createComponentLogger({ namespace: 'x' }).constructor,
    ];
    const { agent } = await recordedAgent();
    await agent.tool({ name: 'read', effect: 'read', run: () => 1 })({});
    expect([
      trace.getTracerProvider(),
      metrics.getMeterProvider(),
      propagation.fields().length,
      diag.createComponentLogger({ namespace: 'x' }).constructor,
    ]).toEqual(before);
  });
});
