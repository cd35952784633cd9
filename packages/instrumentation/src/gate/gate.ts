import type { Hold, RunState } from '@belay/protocol';
import { decidingHold, holdCovers, type RunIds, type ScopeIds } from './hold-scope.ts';
import type { InFlightAction, InFlightSet } from './in-flight.ts';
import { nextRunState, type RunEvent } from './run-state.ts';

export interface GateOptions {
  readonly run: RunIds;
  readonly inFlight: InFlightSet;
  /** What a pause does to what is in flight; a kill always aborts. */
  readonly inFlightOnPause: 'finish' | 'abort';
  /** Makes the reason that an aborted action sees. */
  readonly abortReason: (hold: Hold, action: InFlightAction) => Error;
  readonly onRunState?: (state: RunState) => void;
}

/** How a wait at the gate ended. */
export type GateOutcome = { readonly clear: true } | { readonly killedBy: Hold } | { readonly ended: true };

interface Waiter {
  readonly scope: ScopeIds;
  readonly resolve: (outcome: GateOutcome) => void;
}

interface Drain {
  readonly covers: (action: InFlightAction) => boolean;
  readonly resolve: () => void;
}

/**
 * Decides whether an action may start. Closing is synchronous: when {@link Gate.apply} returns, nothing that its holds cover can start.
 * Holds stay in force until a later state releases them, also while control is away.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #waiters = new Set<Waiter>();
  readonly #drains = new Set<Drain>();
  #holds: readonly Hold[] = [];
  #state: RunState = 'running';
  #commandId: string | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  get state(): RunState {
    return this.#state;
  }

  get holds(): readonly Hold[] {
    return this.#holds;
  }

  /** The command that made the holds what they are. */
  get commandId(): string | undefined {
    return this.#commandId;
  }

  /** The hold that stops actions of this scope, a kill before a pause. */
  holdFor(scope: ScopeIds): Hold | undefined {
    return decidingHold(this.#holds, this.#options.run, scope);
  }

  /** Puts a complete set of holds in force: closes or opens the gate, aborts what must be aborted, wakes who may go on. */
  apply(holds: readonly Hold[], commandId: string | undefined): void {
    this.#holds = holds;
    this.#commandId = commandId;
    this.#step(this.#runEvent());
    for (const action of this.#options.inFlight.matching((each) => this.#stopping(each) !== undefined)) this.#abort(action);
    for (const waiter of [...this.#waiters]) this.#wake(waiter);
    this.settled();
  }

  /** Resolves when the scope is clear, killed, or the run ended. Never rejects. `cancel` forgets the wait. */
  wait(scope: ScopeIds): { readonly outcome: Promise<GateOutcome>; readonly cancel: () => void } {
    const { promise, resolve } = Promise.withResolvers<GateOutcome>();
    const waiter: Waiter = { scope, resolve };
    this.#waiters.add(waiter);
    this.#wake(waiter);
    return { outcome: promise, cancel: () => this.#waiters.delete(waiter) };
  }

  /** How many calls wait at the gate. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Actions in flight that the present holds cover. */
  coveredInFlight(): number {
    return this.#holds.length === 0 ? 0 : this.#options.inFlight.matching((action) => this.#stopping(action) !== undefined).length;
  }

  /** Resolves when nothing that these holds cover is in flight any more. */
  drained(holds: readonly Hold[]): Promise<void> {
    const covers = (action: InFlightAction): boolean =>
      holds.some((hold) => holdCovers(hold, this.#options.run, action) && !isPassed(hold, action));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#drains.add({ covers, resolve });
    this.settled();
    return promise;
  }

  /** To be called whenever an action leaves the in-flight set. */
  settled(): void {
    for (const drain of this.#drains) {
      if (this.#options.inFlight.matching(drain.covers).length > 0) continue;
      this.#drains.delete(drain);
      drain.resolve();
    }
    if (this.#state === 'pausing' && this.#options.inFlight.matching((action) => action.passesPause !== true).length === 0)
      this.#step('drained');
    if (this.#state === 'killing' && this.#options.inFlight.size === 0) this.#step('drained');
  }

  /** Ends the run: whoever waits is told. */
  end(): void {
    this.#step('end');
    for (const waiter of this.#waiters) waiter.resolve({ ended: true });
    this.#waiters.clear();
  }

  /** The hold that stops this action, which a pause may let pass. */
  #stopping(action: InFlightAction): Hold | undefined {
    const hold = this.holdFor(action);
    return hold === undefined || isPassed(hold, action) ? undefined : hold;
  }

  #runEvent(): RunEvent {
    const whole = decidingHold(this.#holds, this.#options.run, { sessionIds: [] });
    return whole === undefined ? 'release' : whole.action;
  }

  #step(event: RunEvent): void {
    const next = nextRunState(this.#state, event);
    if (next === undefined || next === this.#state) return;
    this.#state = next;
    this.#options.onRunState?.(next);
  }

  #abort(action: InFlightAction): void {
    const hold = this.#stopping(action);
    if (hold === undefined || (hold.action === 'pause' && this.#options.inFlightOnPause === 'finish')) return;
    action.abort(this.#options.abortReason(hold, action));
  }

  #wake(waiter: Waiter): void {
    const hold = this.holdFor(waiter.scope);
    if (this.#state === 'ended') waiter.resolve({ ended: true });
    else if (hold === undefined) waiter.resolve({ clear: true });
    else if (hold.action === 'kill') waiter.resolve({ killedBy: hold });
    else return;
    this.#waiters.delete(waiter);
  }
}

const isPassed = (hold: Hold, action: InFlightAction): boolean => hold.action === 'pause' && action.passesPause === true;
