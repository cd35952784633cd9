import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Ack, type AckState, type Clock, createStateVerifier, type Hold, type Random, type SignedState } from '@belay/protocol';
import type { Gate } from '../gate/gate.ts';
import type { InFlightSet } from '../gate/in-flight.ts';
import type { ControlContact } from '../gate/protection.ts';
import type { ContactSource } from '../guard/guard-runtime.ts';
import type { Logger } from '../logger.ts';
import { awakeTimer } from '../transport/awake-timer.ts';
import type { HttpReply } from '../transport/http-request.ts';
import { holdProcess } from '../transport/process-hold.ts';
import { AckSender } from './ack-sender.ts';
import { type AnsweredCall, createControlCalls } from './control-calls.ts';
import type { ControlEndpoint } from './control-endpoint.ts';
import { ControlLink } from './control-link.ts';
import type { ControlTimes } from './control-times.ts';
import { Heartbeats, type RunReport } from './heartbeats.ts';
import { createKeyCache } from './key-cache.ts';
import { type Channel, type Received, StateReceiver } from './state-receiver.ts';
import type { ControlListener, StopRecord } from './stop-record.ts';
import { labelsWarning, refusalWarning, type TokenRefusal, tokenRefusalIn } from './token-refusal.ts';

export interface ControlClientOptions {
  readonly endpoint: ControlEndpoint;
  readonly agentId: string;
  readonly runId: string;
  readonly gate: Gate;
  readonly inFlight: InFlightSet;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly heartbeatMs: number;
  /** The rest of a heartbeat, filled in when one is sent. */
  readonly report: () => RunReport;
  readonly onStop: ControlListener;
  readonly times: ControlTimes;
}

/** Obeys control: takes signed states, closes and opens the gate, acknowledges, and reports that the run is alive. */
export class ControlClient implements ContactSource {
  readonly #options: ControlClientOptions;
  readonly #receiver: StateReceiver;
  readonly #acks: AckSender;
  readonly #link: ControlLink;
  readonly #heartbeats: Heartbeats;
  readonly #waiting = new Set<() => void>();
  #connected = false;
  #stateSeen = false;
  #lostAtUs: number;
  #lostAtWallUs: number;
  #refusals = 0;
  #tokenRefusal: TokenRefusal | undefined;
  #tokenRefusals = 0;
  #labelRefusals = 0;
  #obeyedAtUs = Number.NEGATIVE_INFINITY;

  constructor(options: ControlClientOptions) {
    const { endpoint, clock, random, times } = options;
    const calls = createControlCalls(endpoint, { ...options, ...times }, (reply, call) => this.#onReply(reply, call));
    const keys = createKeyCache(calls.keys, clock);
    const verifier = createStateVerifier({ thumbprint: endpoint.thumbprint, audience: endpoint.audience, jwks: () => keys.keys() });
    this.#options = options;
    this.#receiver = new StateReceiver(verifier, keys);
    this.#acks = new AckSender(calls, random);
    this.#heartbeats = new Heartbeats({
      calls,
      random,
      intervalMs: options.heartbeatMs,
      report: () => ({ ...options.report(), epoch: Math.max(0, this.#receiver.epoch), ...this.#absence() }),
      onEpoch: (epoch) => this.#compare(epoch),
    });
    this.#link = new ControlLink({
      calls,
      random,
      onState: (text, channel) => this.#onState(text, channel),
      onContact: (connected) => this.#onContact(connected),
      epoch: () => (this.#stateSeen ? this.#receiver.epoch : undefined),
      times,
    });
    this.#lostAtUs = clock.monotonicUs();
    this.#lostAtWallUs = clock.nowUs();
  }

  start(): void {
    this.#heartbeats.start();
    this.#link.start();
  }

  /** Something that control should know at once has changed. */
  report(): void {
    this.#heartbeats.beatNow();
  }

  contact(): ControlContact {
    const tokenRefused = this.#tokenRefusal !== undefined;
    return { configured: true, connected: this.#connected, stateSeen: this.#stateSeen, tokenRefused, lostAtUs: this.#lostAtUs };
  }

  /** Why control does not speak with this agent; undefined while it does, and while it is merely away. */
  get tokenRefusal(): TokenRefusal | undefined {
    return this.#tokenRefusal;
  }

  contactChange(timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = awakeTimer(timeoutMs, resolve);
    this.#waiting.add(resolve);
    return promise.finally(() => {
      cancel();
      this.#waiting.delete(resolve);
    });
  }

  async acknowledged(settled?: Promise<void>): Promise<void> {
    const { clock, times } = this.#options;
    const leftMs = times.ackFirstMs - (clock.monotonicUs() - this.#obeyedAtUs) / 1000;
    if (leftMs <= 0) return;
    const release = holdProcess();
    const late = Promise.withResolvers<void>();
    const cancel = awakeTimer(leftMs, late.resolve);
    await Promise.race([this.#said(settled), late.promise]);
    cancel();
    release();
  }

  /** Says goodbye: the link is closed, acknowledgements that are due get one more try. */
  async stop(): Promise<void> {
    this.#link.stop();
    await Promise.all([this.#heartbeats.stop(), this.#acks.stop()]);
  }

  async #said(settled: Promise<void> | undefined): Promise<void> {
    await settled;
    await nextTurn(); // what has settled just now is confirmed in this turn
    await Promise.all([this.#acks.idle(), this.#heartbeats.idle()]);
  }

  async #onState(text: string, channel: Channel): Promise<boolean> {
    let good = false;
    await this.#receiver.receive(text, channel, (received) => {
      good = received.kind !== 'refused';
      this.#take(received);
    });
    return good;
  }

  #take(received: Received): void {
    if (received.kind === 'refused') this.#warnRefused(received.reason);
    else if (received.kind === 'older') {
      const detail = `epoch ${received.state.epoch} is older than ${received.currentEpoch}, which is in force`;
      this.#ack(received.state, 'rejected', detail);
    } else {
      const first = !this.#stateSeen;
      this.#stateSeen = true;
      if (received.kind === 'apply') this.#apply(received.state);
      else if (first) this.#wake();
    }
  }

  /** Closes or opens the gate, then says so. The order of the acknowledgements is the order of the facts. */
  #apply(state: SignedState): void {
    const before = this.#options.gate.holds;
    if (state.commandId !== undefined) this.#obeyedAtUs = this.#options.clock.monotonicUs();
    this.#ack(state, 'received');
    this.#options.gate.apply(state.holds, state.commandId);
    this.#ack(state, 'applied');
    this.#notify(state, 'applied');
    this.#wake();
    if (state.commandId === undefined && before.length === 0 && state.holds.length === 0) return;
    void this.#options.gate.drained(state.holds).then(() => {
      this.#ack(state, 'confirmed');
      this.#notify(state, 'confirmed');
    });
  }

  #ack(state: SignedState, ackState: AckState, detail?: string): void {
    if (state.commandId === undefined) return;
    const { agentId, runId, clock, inFlight } = this.#options;
    const ack: Ack = {
      agentId,
      runId,
      commandId: state.commandId,
      epoch: state.epoch,
      state: ackState,
      atUs: clock.nowUs(),
      lastStartedSeq: inFlight.lastStartedSeq,
      inFlight: ackState === 'received' ? inFlight.size : this.#options.gate.coveredInFlight(),
      ...(detail === undefined ? {} : { detail }),
    };
    this.#acks.push(ack);
  }

  #notify(state: SignedState, stage: StopRecord['state']): void {
    if (state.commandId === undefined) return;
    const holds: readonly Hold[] = state.holds;
    this.#options.onStop({ commandId: state.commandId, epoch: state.epoch, state: stage, atUs: this.#options.clock.nowUs(), holds });
  }

  #onContact(connected: boolean): void {
    if (connected === this.#connected) return;
    this.#connected = connected;
    this.#lostAtUs = this.#options.clock.monotonicUs();
    this.#lostAtWallUs = this.#options.clock.nowUs();
    this.#wake();
    if (connected) this.#heartbeats.beatNow();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
  }

  #absence(): { unprotectedSinceUs?: number } {
    return this.#connected && this.#stateSeen ? {} : { unprotectedSinceUs: this.#lostAtWallUs };
  }

  /** A heartbeat's answer names the newest epoch: a push that was lost is noticed within one heartbeat. */
  #compare(epoch: number): void {
    if (this.#stateSeen && epoch > this.#receiver.epoch) this.#link.reopen();
  }

  /** Revoked, expired or another agent's: said once, and over as soon as control takes the token again. */
  #onReply(reply: HttpReply, call: AnsweredCall): void {
    const refusal = tokenRefusalIn(reply);
    if (call === 'heartbeat' && refusal?.status === 403) {
      this.#onLabelsRefused(refusal);
      return;
    }
    if (refusal !== undefined) this.#tokenRefusals += 1;
    if (refusal !== undefined && this.#tokenRefusals === 1)
      this.#options.logger.warn(refusalWarning(this.#options.agentId, this.#options.endpoint.url, refusal));
    if (refusal !== undefined || reply.status < 300) this.#tokenRefusal = refusal;
  }

  /** Of a token that is bound to names or environments heartbeats alone are refused. That of another agent opens no state either: a poll tells. */
  #onLabelsRefused(refusal: TokenRefusal): void {
    if (!this.#connected) return;
    this.#labelRefusals += 1;
    if (this.#labelRefusals === 1) this.#options.logger.warn(labelsWarning(this.#options.agentId, this.#options.endpoint.url, refusal));
  }

  #warnRefused(reason: string): void {
    this.#refusals += 1;
    if (this.#refusals === 1)
      this.#options.logger.warn(`A control state was refused (${reason}); what was in force before stays in force.`);
  }
}
