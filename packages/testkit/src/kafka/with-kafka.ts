import { startKafka } from './kafka-node.ts';

/** A broker to test against. */
export interface KafkaForTests {
  readonly bootstrap: string;
  /** Ends the broker if this call has started it; leaves a shared one alone. */
  stop(): Promise<void>;
}

/**
 * The broker of the environment variable `BELAY_TEST_KAFKA` (bootstrap address), shared by all test files of a run, or else one of its own.
 * Tests on it MUST use a `prefix` of their own on the bus, so that they do not read each other's messages, and MUST NOT stop the broker;
 * tests that need that use `startKafka`.
 */
export async function withKafka(): Promise<KafkaForTests> {
  const shared = process.env.BELAY_TEST_KAFKA;
  if (shared !== undefined && shared !== '') return { bootstrap: shared, stop: () => Promise.resolve() };
  const node = await startKafka();
  return { bootstrap: node.bootstrap, stop: () => node.close() };
}
