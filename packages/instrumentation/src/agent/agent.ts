import type { Hold, RunState } from '@belay/protocol';
import type { ControlListener, StopRecord } from '../control/stop-record.ts';
import type { CallOptions } from '../guard/action.ts';
import type { HandoverDefinition } from './handover.ts';
import type { ModelDefinition } from './model.ts';
import type { SessionOptions } from './session.ts';
import type { TaskOptions } from './task.ts';
import type { ToolDefinition } from './tool.ts';

/** A tool, model or hand-over behind the guard: call it as you would the function it wraps. */
export type Guarded<Input, Result> = (input: Input, options?: CallOptions) => Promise<Result>;

/** A session while its function runs. */
export interface Session {
  readonly id: string | undefined;
  /** A person has said something: counts the turn, which resets loop streaks. Not for automatic messages. */
  turn(): void;
  /** As {@link Agent.task}, in this session. */
  task<T>(options: TaskOptions, work: () => T | Promise<T>): Promise<T>;
}

/** What an agent adds to be guarded: one object, made once per process. */
export interface Agent {
  readonly id: string;
  /** This life of this process, UUIDv7. */
  readonly runId: string;
  /** State of the run as its gate sees it. */
  readonly state: RunState;
  /** Holds in force. */
  readonly holds: readonly Hold[];
  /** False when no control service can stop this agent, or control refuses its token; `unprotectedReason` says why. */
  readonly isProtected: boolean;
  readonly unprotectedReason: string | undefined;
  /** Decisions that could not be delivered so far. */
  readonly droppedSpans: number;
  /** The last changes of holds that this run obeyed, oldest first, at most 100. */
  readonly stops: readonly StopRecord[];
  /** Calls the listener at each *applied* and *confirmed*; returns the end of the subscription. */
  onControl(listener: ControlListener): () => void;
  /**
   * Puts a tool behind the guard. Defining a name again is allowed; `call` then finds the newest.
   * @throws BelayError `bad_configuration` when the definition cannot work.
   */
  tool<Input, Parsed = Input, Result = unknown>(definition: ToolDefinition<Input, Parsed, Result>): Guarded<Input, Awaited<Result>>;
  /** Puts a model client behind the guard: a `chat` span with usage and cost. */
  model<Input, Result>(definition: ModelDefinition<Input, Result>): Guarded<Input, Awaited<Result>>;
  /** Puts the handing of work to another agent behind the guard. */
  handover<Input, Result>(definition: HandoverDefinition<Input, Result>): Guarded<Input, Awaited<Result>>;
  /** Calls a tool by name, as a model asks for it; an unknown name is refused and recorded. */
  call(name: string, input: unknown, options?: CallOptions): Promise<unknown>;
  /** Runs work in a session; its end is recorded when the function returns. */
  session<T>(options: SessionOptions, work: (session: Session) => T | Promise<T>): Promise<T>;
  /** Runs work as a task: what a budget belongs to; its end is recorded with status and totals. */
  task<T>(options: TaskOptions, work: () => T | Promise<T>): Promise<T>;
  /** Sends what is queued; resolves when the collector has it or the attempt failed. Never rejects. */
  flush(): Promise<void>;
  /** Ends the run: says so to control, sends what is queued, refuses what comes after. Never rejects. */
  shutdown(): Promise<void>;
}
