import { startNodeSdk } from '@opentelemetry/sdk-node';

export interface RegisterOptions {
  /** `service.name` of the host's telemetry. Default: `OTEL_SERVICE_NAME`. */
  readonly serviceName?: string;
  /** Collector for the host's spans. Default: `OTEL_EXPORTER_OTLP_ENDPOINT`, else `BELAY_ENDPOINT`, else `http://127.0.0.1:4318`. */
  readonly endpoint?: string;
  /** Default: `BELAY_TOKEN`. */
  readonly token?: string;
}

/**
 * Starts OpenTelemetry for a host that has none, with spans going to Belay's collector; any span that follows the GenAI conventions
 * becomes a decision there. A host with its own set-up does not call this: `createAgent` works beside it. Metrics and logs stay off.
 * Returns what stops it.
 */
export function register(options: RegisterOptions = {}): { shutdown(): Promise<void> } {
  const { env } = process;
  env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ??= `${(options.endpoint ?? env.OTEL_EXPORTER_OTLP_ENDPOINT ?? env.BELAY_ENDPOINT ?? 'http://127.0.0.1:4318').replace(/\/+$/, '')}/v1/traces`;
  const token = options.token ?? env.BELAY_TOKEN;
  if (token !== undefined) env.OTEL_EXPORTER_OTLP_TRACES_HEADERS ??= `authorization=Bearer%20${encodeURIComponent(token)}`;
  env.OTEL_TRACES_EXPORTER ??= 'otlp';
  env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ??= 'http/protobuf';
  const resourceAttributes = options.serviceName === undefined ? {} : { resourceAttributes: { 'service.name': options.serviceName } };
  return startNodeSdk({ ...resourceAttributes, metricReaders: [], logRecordProcessors: [], logLevel: env.OTEL_LOG_LEVEL ?? 'warn' });
}
