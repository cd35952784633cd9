export { anomaly, type DecisionOverrides, decision, decisionId, decisions, modelCall } from './builders.ts';
export { type ClickHouseHarness, clickHouseForTests, startClickHouse } from './clickhouse.ts';
export { createManualClock, MANUAL_CLOCK_START_US, type ManualClock } from './clock.ts';
export { KAFKA_VERSION, kafkaJars } from './kafka/kafka-jars.ts';
export { type KafkaNode, startKafka } from './kafka/kafka-node.ts';
export { type KafkaForTests, withKafka } from './kafka/with-kafka.ts';
export { openTestPostgres, type PostgresServer, startPostgres } from './postgres.ts';
export { createSeededRandom, type SeededRandom } from './random.ts';
export { arbitraryOf } from './schema-arbitrary.ts';
