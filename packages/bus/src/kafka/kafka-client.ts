import type { ConnectionOptions } from 'node:tls';
import type { Admin, Kafka, RetryOptions } from 'kafkajs';
import { type BusLogger, createLogCreator, KAFKAJS_LOG_LEVEL } from './kafka-logger.ts';
import { kafkajs } from './kafkajs.ts';

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** SASL mechanism and credentials. */
export type KafkaSasl =
  | ({ readonly mechanism: 'plain' } & Credentials)
  | ({ readonly mechanism: 'scram-sha-256' } & Credentials)
  | ({ readonly mechanism: 'scram-sha-512' } & Credentials);

/** How to reach Kafka. */
export interface KafkaConnectionConfig {
  /** `host:port` of some brokers. */
  readonly brokers: readonly string[];
  /** Name of this client in the broker's logs and quotas. */
  readonly clientId: string;
  readonly sasl?: KafkaSasl;
  readonly ssl?: boolean | ConnectionOptions;
}

/** For connections, joins and questions: gives up after about 9 s; consumers begin anew by themselves then. */
const CLIENT_RETRY: RetryOptions = { initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 1.5, factor: 0.2, retries: 12 };
/**
 * For sends: survives the fail-over of a leader (5–12 s, measured) while another broker can be reached. When none can for about 9 s, the caller is told
 * (`unavailable`) and decides: see `createRetryingPublisher`.
 */
export const SEND_RETRY: RetryOptions = Object.freeze({ ...CLIENT_RETRY, retries: 20 });
const REQUEST_TIMEOUT_MS = 5_000;
const CONNECTION_TIMEOUT_MS = 2_000;

/**
 * Makes clients. Each consumer, producer and admin gets one of its own: kafkajs keeps the committed offsets of a group per client object, shared by
 * all consumers made from it, so two members of one group made from one client would use each other's positions.
 */
export type NewKafkaClient = () => Kafka;

export function createClientSource(config: KafkaConnectionConfig, logger: BusLogger): NewKafkaClient {
  return () =>
    new kafkajs.Kafka({
      brokers: [...config.brokers],
      clientId: config.clientId,
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      enforceRequestTimeout: true,
      retry: CLIENT_RETRY,
      logLevel: KAFKAJS_LOG_LEVEL,
      logCreator: createLogCreator(logger),
      ...(config.ssl === undefined ? {} : { ssl: config.ssl }),
      ...(config.sasl === undefined ? {} : { sasl: config.sasl }),
    });
}

export const createAdmin = (newClient: NewKafkaClient): Admin => newClient().admin();
