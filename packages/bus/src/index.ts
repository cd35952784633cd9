export type {
  Batch,
  Bus,
  CheckpointSource,
  CheckpointWriter,
  Consumer,
  ConsumerHandler,
  ConsumerOptions,
  LogMessage,
  OutgoingMessage,
  PartitionAssignment,
  Publisher,
  Snapshot,
} from './bus.ts';
export {
  createPoisonLimit,
  type DeadLetter,
  deadLetter,
  messageToDeadLetter,
  type PoisonLimit,
  type PoisonLimitConfig,
} from './dead-letter.ts';
export { createEmbeddedBus, type EmbeddedBus, type EmbeddedBusConfig } from './embedded/embedded-bus.ts';
export { createKafkaBus, type KafkaBusConfig } from './kafka/kafka-bus.ts';
export type { KafkaConnectionConfig, KafkaSasl } from './kafka/kafka-client.ts';
export type { BusLogger } from './kafka/kafka-logger.ts';
export { bytesOfLine, type Line, type LinesToPack, linesOf, packLines, positionOf } from './lines.ts';
export { partitionForKey } from './partitioner.ts';
export { createRetryingPublisher, type RetryingPublisherConfig } from './retrying-publisher.ts';
