import { z } from 'zod';
import type { Call } from '../http/call.ts';
import { problemSchema } from '../http/problem.ts';

type Schema = Record<string, unknown>;

const SECURITY: Readonly<Record<Call['plane'], Schema[]>> = {
  agent: [{ agentToken: [] }],
  operator: [{ operatorToken: [] }],
  hook: [{ hookSecret: [] }],
  public: [],
};

/** The OpenAPI 3.1 document of these calls, made from the schemas that they validate with. */
export function generateOpenApi(calls: readonly Call[]): Schema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Belay control',
      version: '1',
      description: 'Holds, commands, acknowledgements, audit. Errors are RFC 9457 problem documents.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: pathsOf(calls),
    components: {
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
      securitySchemes: {
        agentToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'kind "agent": may report and obey' },
        operatorToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'kind "operator", with a role' },
        hookSecret: {
          type: 'http',
          scheme: 'bearer',
          description: 'Alertmanager: bearer secret. Grafana: HMAC-SHA256 signature headers instead.',
        },
      },
    },
  };
}

function pathsOf(calls: readonly Call[]): Schema {
  const paths: Record<string, Schema> = {};
  for (const call of calls) paths[call.path] = { ...paths[call.path], [call.method.toLowerCase()]: operationOf(call) };
  return paths;
}

function operationOf(call: Call): Schema {
  return {
    operationId: call.id,
    tags: [call.plane],
    summary: call.summary,
    ...(call.roles === undefined ? {} : { 'x-belay-roles': call.roles }),
    security: SECURITY[call.plane],
    parameters: [...parametersOf(call.params, 'path'), ...parametersOf(call.query, 'query'), ...idempotencyOf(call)],
    ...(call.body === undefined
      ? {}
      : {
          requestBody: {
            required: !call.body.safeParse(undefined).success,
            content: { 'application/json': { schema: jsonSchema(call.body, 'input') } },
          },
        }),
    responses: {
      ...responsesOf(call),
      default: {
        description: 'What went wrong',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): Schema[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as { properties?: Record<string, Schema>; required?: string[] };
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function idempotencyOf(call: Call): Schema[] {
  if (call.plane !== 'operator' || call.method === 'GET') return [];
  const description = 'The same key with the same request gets the first answer again, and changes nothing.';
  return [
    { name: 'Idempotency-Key', in: 'header', required: false, description, schema: { type: 'string', minLength: 1, maxLength: 128 } },
  ];
}

function responsesOf(call: Call): Schema {
  const entries = Object.entries(call.responses).map(([status, { description, schema, contentType }]) => {
    if (schema === undefined && contentType === undefined) return [status, { description }];
    return [
      status,
      {
        description,
        content: {
          [contentType ?? 'application/json']:
            schema === undefined ? { schema: { type: 'string' } } : { schema: jsonSchema(schema, 'output') },
        },
      },
    ];
  });
  return Object.fromEntries(entries) as Schema;
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Schema {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
