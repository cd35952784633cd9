import { SpanKind } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FOREVER_MS, startCollector, type TestCollector } from '../testing/collector.for-test.ts';

let collector: TestCollector;
beforeAll(async () => {
  collector = await startCollector();
});
afterAll(() => collector.stop());

describe.each([
  ['JSON', JsonExporter, 'none'],
  ['JSON, gzip', JsonExporter, 'gzip'],
  ['protobuf', ProtobufExporter, 'none'],
  ['protobuf, gzip', ProtobufExporter, 'gzip'],
] as const)('the stock OpenTelemetry exporter (%s)', (label, Exporter, compression) => {
  it('delivers a tool call unmodified', async () => {
    const headers = { authorization: `Bearer ${await collector.token()}` };
    const exporter = new Exporter({
      url: `${collector.url}/v1/traces`,
      headers,
      compression: compression as never,
      timeoutMillis: FOREVER_MS,
    });
    const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: FOREVER_MS })] });
    const span = provider.getTracer('test').startSpan('execute_tool transfer', {
      kind: SpanKind.INTERNAL,
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.agent.id': `agent ${label}`,
        'gen_ai.tool.name': 'transfer',
        'gen_ai.tool.call.arguments': '{"to":"ann@example.com","amount":12}',
      },
    });
    span.end();
    await provider.forceFlush({ timeoutMillis: FOREVER_MS });
    await provider.shutdown();
    const event = collector.log.events().find(({ agent }) => agent.id === `agent ${label}`);
    const { traceId, spanId } = span.spanContext();
    expect(event).toMatchObject({ id: `${traceId}:${spanId}`, tenant: 'acme', kind: 'tool', source: 'gen_ai' });
    expect(event?.call).toMatchObject({ name: 'transfer', destinations: ['mailto:example.com', 'mailto:ann@example.com'] });
  });
});
