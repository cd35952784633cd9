export { type CollectorConfig, type CollectorLimits, DEFAULT_LIMITS } from './config.ts';
export type { ContentCapture } from './mapping/content.ts';
export type { RejectReason } from './mapping/map-span.ts';
export {
  createSpanMapper,
  type MappedRequest,
  type Rejection,
  type RequestContext,
  type SpanMapper,
  type SpanMapperOptions,
} from './mapping/span-mapper.ts';
export { type Collector, type CollectorDeps, createCollector } from './service.ts';
