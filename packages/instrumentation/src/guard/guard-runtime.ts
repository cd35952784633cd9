import type { Clock } from '@belay/protocol';
import type { Attributes } from '@opentelemetry/api';
import type { AgentConfig } from '../config.ts';
import type { Gate } from '../gate/gate.ts';
import type { InFlightSet } from '../gate/in-flight.ts';
import type { ControlContact } from '../gate/protection.ts';
import type { SpanRecorder } from '../span/span-recorder.ts';

/** The link to control as the guard sees it. */
export interface ContactSource {
  contact(): ControlContact;
  /** Resolves at the next change of contact, or after `timeoutMs`. Never rejects. */
  contactChange(timeoutMs: number): Promise<void>;
  /**
   * Resolves when control has heard of the holds in force, after `settled` where given: a refusal may end the host's process, and with it
   * whatever was still to be said. Bounded by a moment after the holds came; at once when there is nothing to say. Never rejects.
   */
  acknowledged(settled?: Promise<void>): Promise<void>;
}

/** What the steps of the guard share: one per agent. */
export interface GuardRuntime {
  readonly config: AgentConfig;
  readonly clock: Clock;
  readonly runId: string;
  readonly recorder: SpanRecorder;
  readonly gate: Gate;
  readonly inFlight: InFlightSet;
  readonly control: ContactSource;
  /** The same on every span of the run. */
  readonly identity: Attributes;
  readonly featureKey: Uint8Array;
  /** The next `belay.decision.seq`, without gaps. */
  nextSeq(): number;
  /** Says a thing once per run. */
  warnOnce(key: string, message: string): void;
}
