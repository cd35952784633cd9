import type { Topic } from '@belay/protocol';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { LogMessage } from '../bus.ts';

function headersOf(headers: IHeaders | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (last !== undefined) result[name] = last.toString();
  }
  return result;
}

/** A message of kafkajs as the port shows it. Of a header given several times the last value counts. */
export const kafkaToMessage = (topic: Topic, partition: number, message: KafkaMessage): LogMessage => ({
  topic,
  partition,
  offset: BigInt(message.offset),
  key: message.key?.toString() ?? '',
  value: message.value ?? undefined,
  headers: headersOf(message.headers),
  timestampUs: Number(message.timestamp) * 1000,
});
