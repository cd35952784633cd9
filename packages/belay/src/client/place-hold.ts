import { setTimeout as sleep } from 'node:timers/promises';
import type { HoldAction, HoldScope } from '@belay/protocol';
import type { OperatorClient } from './operator-client.ts';
import { commandsSchema, placedSchema, readAnswer } from './platform-views.ts';

export interface HoldWish {
  readonly agentId: string;
  readonly action: HoldAction;
  readonly scope: HoldScope;
  readonly scopeId?: string | undefined;
  readonly reason: string;
}

export interface PlacedHold {
  readonly holdId: string;
  readonly commandId: string;
  /** Live runs that had confirmed, and those that owe it still, when the wait ended. */
  readonly confirmed: number;
  readonly owing: number;
}

const LOOK_EVERY_MS = 50;

/** Places a hold and waits, at most `waitMs`, until every live run of the agent has confirmed it. */
export async function placeHold(
  client: OperatorClient,
  wish: HoldWish,
  options: { waitMs: number; signal: AbortSignal },
): Promise<PlacedHold> {
  const { action, scope, scopeId, reason } = wish;
  const path = `/v1/agents/${encodeURIComponent(wish.agentId)}/holds`;
  const body = { action, scope, reason, ...(scopeId === undefined ? {} : { scopeId }) };
  const placed = readAnswer(placedSchema, await client.post(path, body), 'the hold');
  const facts = await waitForAcks(client, wish.agentId, placed.commandId, options);
  return { holdId: placed.hold.id, commandId: placed.commandId, ...facts };
}

/** Looks at a command until all its runs have confirmed (or refused), or the time is over. */
async function waitForAcks(
  client: OperatorClient,
  agentId: string,
  commandId: string,
  options: { waitMs: number; signal: AbortSignal },
): Promise<{ confirmed: number; owing: number }> {
  const until = performance.now() + options.waitMs;
  for (;;) {
    const answer = await client.get(`/v1/commands?${new URLSearchParams({ agentId, limit: '20' })}`);
    const command = readAnswer(commandsSchema, answer, 'commands').commands.find(({ id }) => id === commandId);
    const acks = command?.acks ?? [];
    const confirmed = acks.filter((ack) => ack.confirmedUs != null).length;
    if (acks.length === confirmed || performance.now() >= until) return { confirmed, owing: acks.length - confirmed };
    await sleep(LOOK_EVERY_MS, undefined, { signal: options.signal });
  }
}
