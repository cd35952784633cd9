import { BelayError } from './errors.ts';

declare const brand: unique symbol;
type Brand<T, B> = T & { readonly [brand]: B };

/** `tenant/percent-encoded agent id`: injective, the key of every per-agent topic (docs/contracts.md §2.5). */
export type AgentKey = Brand<string, 'AgentKey'>;

export const TENANT_PATTERN: RegExp = /^[a-z0-9-]{1,63}$/;
export const AGENT_ID_MAX_BYTES = 256;

const encoder = new TextEncoder();

export const isTenant = (value: string): boolean => TENANT_PATTERN.test(value);

/** Non-empty, well-formed Unicode, at most {@link AGENT_ID_MAX_BYTES} bytes of UTF-8, no control characters. */
export function isAgentId(value: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  if (value.length === 0 || value.length > AGENT_ID_MAX_BYTES || !value.isWellFormed() || /[\u0000-\u001f\u007f]/.test(value)) return false;
  return value.length * 3 <= AGENT_ID_MAX_BYTES || encoder.encode(value).length <= AGENT_ID_MAX_BYTES;
}

/** @throws BelayError `bad_request` when the tenant or the agent id is not well-formed. */
export function agentKey(tenant: string, agentId: string): AgentKey {
  if (!isTenant(tenant)) throw new BelayError('bad_request', `Tenant ${JSON.stringify(tenant)} does not match ${TENANT_PATTERN}.`);
  if (!isAgentId(agentId))
    throw new BelayError(
      'bad_request',
      `Agent id ${JSON.stringify(agentId.slice(0, 80))} must be 1–256 bytes of UTF-8 without control characters.`,
    );
  return `${tenant}/${encodeURIComponent(agentId)}` as AgentKey;
}

/** The inverse of {@link agentKey}; undefined when the text is no agent key. */
export function parseAgentKey(key: string): { tenant: string; agentId: string } | undefined {
  const slash = key.indexOf('/');
  if (slash < 0) return undefined;
  const tenant = key.slice(0, slash);
  const encoded = key.slice(slash + 1);
  const agentId = decode(encoded);
  if (agentId === undefined || !isTenant(tenant) || !isAgentId(agentId) || encodeURIComponent(agentId) !== encoded) return undefined;
  return { tenant, agentId };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A glob with `*` only, anchored: what agent-id patterns of tokens and labels mean everywhere. */
export function matchesPattern(pattern: string, value: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return pattern === value;
  const last = parts[parts.length - 1] ?? '';
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= value.length - last.length;
}
