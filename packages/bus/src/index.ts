export type { Batch, Bus, CheckpointSource, CheckpointWriter, Consumer, ConsumerHandler, ConsumerOptions, LogMessage, OutgoingMessage, PartitionAssignment, Publisher, Snapshot } from './bus.ts';
