import type { OperatorRole } from '@belay/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Work } from '../ledger/work.ts';
import type { Services } from '../services.ts';
import type { Principal } from './authenticate.ts';

type Plane = 'agent' | 'operator' | 'hook' | 'public';

/** What an answer consists of; a body of undefined is an empty answer. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface CallInput<P, Q, B> {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly principal: Principal;
  readonly request: FastifyRequest;
}

interface CallShape<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  /** operationId in the OpenAPI document. */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With `{name}` for parameters. */
  readonly path: string;
  readonly plane: Plane;
  /** Operator plane: who may. Every role not named is refused. */
  readonly roles?: readonly OperatorRole[];
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Status of success → schema of its body (undefined: none) and what it means. */
  readonly responses: Readonly<
    Record<number, { readonly description: string; readonly schema?: z.ZodType; readonly contentType?: string }>
  >;
}

/** How a call does its work. `change` runs in one transaction, with the idempotency key in it. */
type Handling<I> =
  | { readonly kind: 'read'; handle(services: Services, input: I): Promise<Answer> }
  | { readonly kind: 'change'; handle(services: Services, input: I, work: Work): Promise<Answer> }
  | { readonly kind: 'stream'; handle(services: Services, input: I, reply: FastifyReply): Promise<void> }
  | { readonly kind: 'raw'; handle(services: Services, request: FastifyRequest): Promise<Answer> };

/** One call of the HTTP interface: what the document says and what the server does come from the same object. */
export interface Call extends CallShape<z.ZodType, z.ZodType, z.ZodType> {
  readonly handling: Handling<CallInput<never, never, never>>;
}

type Out<T extends z.ZodType> = z.output<T>;

/** Ties the schemas to the types that the handler gets. */
export function defineCall<
  P extends z.ZodType = z.ZodUndefined,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(call: CallShape<P, Q, B> & { readonly handling: Handling<CallInput<Out<P>, Out<Q>, Out<B>>> }): Call {
  return call as unknown as Call;
}
