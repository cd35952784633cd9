import { allCalls } from '../http/all-calls.ts';
import { generateOpenApi } from './generate.ts';

let document: Record<string, unknown> | undefined;

/** The OpenAPI document of control: served at /openapi.json and committed as docs/openapi.json. */
export function openApiDocument(): Record<string, unknown> {
  document ??= generateOpenApi(allCalls());
  return document;
}
