import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import { ATTR, type Clock, type OutcomeStatus, uuidv7 } from '@belay/protocol';
import { type Attributes, context, propagation, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import { isActionRefusal } from '../guard/refusals.ts';
import { sentence } from '../span/content.ts';
import { scopeAttributes } from '../span/scope-attributes.ts';
import { KIND, type SpanRecorder } from '../span/span-recorder.ts';
import type { Session } from './agent.ts';
import { AttemptLedger } from './attempt-ledger.ts';
import { ROOT_SESSION_BAGGAGE } from './handover.ts';
import type { Scope, SessionContext, TaskContext } from './scope.ts';
import { SessionMemory, type SessionOptions } from './session.ts';
import type { TaskOptions } from './task.ts';

export interface ScopeRunnerOptions {
  readonly recorder: SpanRecorder;
  readonly clock: Clock;
  readonly agentName: string;
  readonly runId: string;
  readonly identity: Attributes;
}

const MAX_REPORTED_SESSIONS = 256;

/** Opens and closes sessions and tasks, and knows which one surrounds a call. */
export class ScopeRunner {
  readonly #options: ScopeRunnerOptions;
  readonly #storage = new AsyncLocalStorage<Scope>();
  readonly #root: Scope;
  readonly #memory = new SessionMemory();
  readonly #open = new Map<string, number>();

  constructor(options: ScopeRunnerOptions) {
    this.#options = options;
    this.#root = {
      session: undefined,
      task: undefined,
      parent: undefined,
      sessionIds: [],
      ledger: new AttemptLedger(),
      keyBase: options.runId,
      thread: { lastModelSpanId: undefined },
    };
  }

  current(): Scope {
    return this.#storage.getStore() ?? this.#root;
  }

  /** Ids of the sessions that are open now. */
  openSessions(): string[] {
    return [...this.#open.keys()].slice(0, MAX_REPORTED_SESSIONS);
  }

  async session<T>(options: SessionOptions, work: (session: Session) => T | Promise<T>): Promise<T> {
    const outer = this.current();
    const id = options.id?.slice(0, 256);
    const session: SessionContext = { id, rootId: rootIdOf(options, outer, id), turn: options.turn ?? this.#memory.turnOf(id) };
    const scope: Omit<Scope, 'parent'> = {
      session,
      task: undefined,
      sessionIds: id === undefined ? outer.sessionIds : [id, ...outer.sessionIds],
      ledger: new AttemptLedger(),
      keyBase: id ?? outer.keyBase,
      thread: { lastModelSpanId: undefined },
    };
    const finish = (): void => {
      this.#count(id, -1);
      if (id !== undefined && options.keepOpen === true) this.#memory.keep(id, session.turn);
      else if (id !== undefined) this.#memory.forget(id);
    };
    this.#count(id, 1);
    const marker = options.keepOpen === true ? undefined : { name: `invoke_agent ${this.#options.agentName}`, operation: 'invoke_agent' };
    return this.#within(scope, { marker, finish, work: () => work(this.#handle(session)) });
  }

  async task<T>(options: TaskOptions, work: () => T | Promise<T>): Promise<T> {
    const outer = this.current();
    const task: TaskContext = {
      id: options.id?.slice(0, 256) ?? uuidv7(this.#options.clock, randomBytes),
      name: options.name.slice(0, 256),
      plan: options.plan,
      totals: { decisions: 0, refused: 0, failed: 0, costNanoUsd: 0 },
    };
    const keyBase =
      options.id === undefined && outer.session?.id === undefined ? task.id : `${outer.session?.id ?? ''}/${options.id ?? options.name}`;
    const scope = { ...outer, task, ledger: new AttemptLedger(), keyBase };
    const marker = { name: `invoke_workflow ${task.name}`, operation: 'invoke_workflow' };
    return this.#within(scope, { marker, finish: () => undefined, work });
  }

  #handle(session: SessionContext): Session {
    return {
      id: session.id,
      turn: () => {
        session.turn = (session.turn ?? 0) + 1;
      },
      task: (options, work) => this.task(options, work),
    };
  }

  async #within<T>(scope: Omit<Scope, 'parent'>, { marker, finish, work }: Within<T>): Promise<T> {
    const outer = this.current();
    const span = marker === undefined ? undefined : this.#start(scope, marker, outer);
    const parent = span === undefined ? outer.parent : { span, hostSpan: trace.getSpan(context.active()) };
    try {
      const result = await this.#storage.run({ ...scope, parent }, work);
      this.#end(span, scope, 'ok');
      return result;
    } catch (error) {
      this.#end(span, scope, isActionRefusal(error) ? 'blocked' : 'error');
      throw error;
    } finally {
      finish();
    }
  }

  #start(scope: Omit<Scope, 'parent'>, { name, operation }: Marker, outer: Scope): Span {
    const attributes: Attributes = { [ATTR.operationName]: operation, ...this.#options.identity };
    scopeAttributes(attributes, scope);
    return this.#options.recorder.start(name, KIND.internal, attributes, outer.parent);
  }

  #end(span: Span | undefined, scope: Omit<Scope, 'parent'>, status: OutcomeStatus): void {
    if (span === undefined) return;
    span.setAttribute(ATTR.outcomeStatus, status);
    if (scope.session?.turn !== undefined) span.setAttribute(ATTR.sessionTurn, scope.session.turn);
    if (scope.task !== undefined) span.setAttribute(ATTR.outcomeSummary, sentence(totalsToText(scope.task)));
    if (status !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR });
    this.#options.recorder.endNow(span);
  }

  #count(id: string | undefined, change: 1 | -1): void {
    if (id === undefined) return;
    const open = (this.#open.get(id) ?? 0) + change;
    if (open > 0) this.#open.set(id, open);
    else this.#open.delete(id);
  }
}

interface Marker {
  readonly name: string;
  readonly operation: string;
}

interface Within<T> {
  /** The span that records the end; none for a session that is kept open. */
  readonly marker: Marker | undefined;
  readonly finish: () => void;
  readonly work: () => T | Promise<T>;
}

function rootIdOf(options: SessionOptions, outer: Scope, id: string | undefined): string | undefined {
  const carried = propagation.getActiveBaggage()?.getEntry(ROOT_SESSION_BAGGAGE)?.value;
  return (options.rootId ?? outer.session?.rootId ?? carried ?? id)?.slice(0, 256);
}

/** A sentence, not numbers: whoever sums up costs must not count a task's calls twice. */
function totalsToText({ totals }: TaskContext): string {
  return `${totals.decisions} decisions, ${totals.refused} refused, ${totals.failed} failed, ${(totals.costNanoUsd / 1e9).toFixed(6)} USD`;
}
