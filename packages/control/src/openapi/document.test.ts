import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { allCalls } from '../http/all-calls.ts';
import { openApiDocument } from './document.ts';

type Operation = {
  operationId: string;
  security: object[];
  responses: Record<string, unknown>;
  parameters: { name: string; in: string }[];
  requestBody?: object;
};
const paths = openApiDocument().paths as Record<string, Record<string, Operation>>;

test('docs/openapi.json is what the schemas say; "npm run generate" writes it', async () => {
  const committed = await readFile(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8');
  expect(JSON.parse(committed)).toEqual(openApiDocument());
});

test('every call is described once, with its errors', () => {
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  expect(operations.map((operation) => operation.operationId).sort()).toEqual(
    allCalls()
      .map((call) => call.id)
      .sort(),
  );
  for (const operation of operations) expect(operation.responses).toHaveProperty('default');
});

test('path parameters, bodies and idempotency keys come from the schemas', () => {
  const place = paths['/v1/agents/{agentId}/holds']?.post;
  expect(place?.parameters.map(({ name, in: where }) => `${where} ${name}`)).toEqual(['path agentId', 'header Idempotency-Key']);
  expect(JSON.stringify(place?.requestBody)).toContain('"pause","kill"');
});

test('only public calls are open', () => {
  const open = Object.values(paths).flatMap((path) =>
    Object.values(path)
      .filter((operation) => operation.security.length === 0)
      .map((operation) => operation.operationId),
  );
  expect(open.sort()).toEqual(['healthz', 'jwks', 'openapi', 'readyz']);
});
