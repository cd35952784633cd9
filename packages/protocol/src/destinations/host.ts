const PLAIN: RegExp = /^(?:[a-z0-9_][a-z0-9_-]{0,62}\.)*[a-z][a-z0-9-]{0,62}$/;
const FORBIDDEN: RegExp = /[\s/\\@?#<>^|]/;
const MAPPED: RegExp = /^\[(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;
const HOST_AND_PORT: RegExp = /^(\[[^\]]{1,64}\]|[^:[\]]{1,512})(?::(\d{1,5}))?$/;

/**
 * One spelling of a host, as a browser would connect to it (WHATWG URL, UTS 46): lower case, punycode, IPv4 out of octal, hexadecimal and
 * single numbers, IPv6 compressed in brackets, IPv4 out of mapped (RFC 4291 §2.5.5.2) and NAT64 (RFC 6052) IPv6, no final dot. Undefined
 * when no browser would take it for a host.
 */
export function normaliseHost(host: string): string | undefined {
  if (host.length > 512) return undefined;
  if (PLAIN.test(host) && !host.includes('xn--')) return host.length <= 253 ? host : undefined;
  if (FORBIDDEN.test(host)) return undefined;
  const bare = host.startsWith('[') ? host.slice(1, host.endsWith(']') ? -1 : undefined) : host;
  const colon = bare.includes(':');
  const url = URL.parse(`http://${colon ? `[${bare.split('%')[0]}]` : bare}/`);
  return url === null || url.port !== '' ? undefined : canonicalHostname(url.hostname);
}

/** The same for a hostname that URL.parse has been over already. */
export function canonicalHostname(hostname: string): string | undefined {
  const mapped = MAPPED.exec(hostname);
  if (mapped !== null) return dotted(Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16));
  const host = hostname.replace(/\.+$/, '');
  if (host !== hostname) return normaliseHost(host);
  return host === '' || host.length > 253 ? undefined : host;
}

/** `host` or `host:port`, IPv6 in brackets; undefined when it is none. */
export function normaliseHostAndPort(text: string): string | undefined {
  const parts = HOST_AND_PORT.exec(text);
  if (parts === null) return text.includes(':') ? normaliseHost(text) : undefined;
  const host = normaliseHost(parts[1] ?? '');
  if (host === undefined || parts[2] === undefined) return host;
  const port = Number(parts[2]);
  return port > 65_535 ? undefined : `${host}:${port}`;
}

const dotted = (high: number, low: number): string => `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
