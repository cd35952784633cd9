import { describe } from 'vitest';
import { checkpointContract } from './contract/checkpoint-contract.ts';
import { consumerContract } from './contract/consumer-contract.ts';
import { crashContract } from './contract/crash-contract.ts';
import { deliveryContract } from './contract/delivery-contract.ts';
import type { BusHarness } from './contract/log.test-support.ts';
import { poisonContract } from './contract/poison-contract.ts';

/** What every log must do: the same tests on the embedded one and on a real Kafka broker. */
export function busContract(harness: BusHarness): void {
  describe(`delivery on ${harness.name}`, () => deliveryContract(harness));
  describe(`consumers on ${harness.name}`, () => consumerContract(harness));
  describe(`checkpoints on ${harness.name}`, () => checkpointContract(harness));
  describe(`malformed lines on ${harness.name}`, () => poisonContract(harness));
  describe(`killed processes on ${harness.name}`, () => crashContract(harness));
}
