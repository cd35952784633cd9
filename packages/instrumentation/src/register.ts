import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { startNodeSdk } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';

export interface RegisterOptions {
  /** `service.name` of the host's telemetry. Default: `OTEL_SERVICE_NAME`. */
  readonly serviceName?: string;
  /** Base URL of the collector. Default: `BELAY_ENDPOINT`, else `http://127.0.0.1:4318`. */
  readonly endpoint?: string;
  /** Default: `BELAY_TOKEN`. */
  readonly token?: string;
  /** How long one export may take, ms; spans of one that takes longer are lost. Default: `OTEL_EXPORTER_OTLP_TIMEOUT`, else 10,000. */
  readonly exportTimeoutMs?: number;
}

/** Spans leave within this time: a decision that an instrumentation of the host recorded may be what has to be stopped. */
const EXPORT_DELAY_MS = 100;

/**
 * Starts OpenTelemetry for a host that has none, with spans going to Belay's collector; any span that follows the GenAI conventions
 * becomes a decision there. A host with its own set-up does not call this: `createAgent` works beside it. Metrics and logs stay off.
 * Returns what flushes and stops it.
 */
export function register(options: RegisterOptions = {}): { shutdown(): Promise<void> } {
  const { BELAY_ENDPOINT, BELAY_TOKEN, OTEL_LOG_LEVEL } = process.env;
  const endpoint = (options.endpoint ?? (BELAY_ENDPOINT || 'http://127.0.0.1:4318')).replace(/\/+$/, '');
  const token = options.token ?? BELAY_TOKEN;
  const { exportTimeoutMs } = options;
  const exporter = new OTLPTraceExporter({
    url: `${endpoint}/v1/traces`,
    ...(exportTimeoutMs === undefined ? {} : { timeoutMillis: exportTimeoutMs }),
    ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}),
  });
  return startNodeSdk({
    ...(options.serviceName === undefined ? {} : { resourceAttributes: { 'service.name': options.serviceName } }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: EXPORT_DELAY_MS,
        ...(exportTimeoutMs === undefined ? {} : { exportTimeoutMillis: exportTimeoutMs }),
      }),
    ],
    metricReaders: [],
    logRecordProcessors: [],
    logLevel: OTEL_LOG_LEVEL ?? 'warn',
  });
}
