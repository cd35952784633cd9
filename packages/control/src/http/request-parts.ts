import { BelayError } from '@belay/protocol';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { isStorableValue } from '../database/storable.ts';
import type { Services } from '../services.ts';

/** @throws BelayError `rate_limited` with the time to wait. */
export function limit(services: Services, key: string, perSecond: number = services.settings.ratePerSecond): void {
  const waitMs = services.limiter.take(key, perSecond);
  if (waitMs > 0)
    throw new BelayError('rate_limited', `More than ${perSecond} calls per second.`, {
      retryable: true,
      retryAfterMs: waitMs,
    });
}

/** Bodies arrive as bytes (hooks sign bytes); here they become JSON. */
export function bodyOf(request: FastifyRequest): unknown {
  if (!Buffer.isBuffer(request.body) || request.body.length === 0) return undefined;
  try {
    return JSON.parse(request.body.toString('utf8'));
  } catch {
    throw new BelayError('bad_request', 'The body is not JSON.');
  }
}

/** @throws BelayError `bad_request` naming every problem of the part. */
export function parse<T extends z.ZodType>(schema: T, value: unknown, part: string): z.output<T> {
  if (!isStorableValue(value)) throw new BelayError('bad_request', `${part}: text must be well-formed Unicode without NUL characters.`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, 10).map((issue) => `${[part, ...issue.path].join('.')}: ${issue.message}`);
  throw new BelayError('bad_request', `${problems.join('; ')}.`);
}
