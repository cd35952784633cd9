/** Destinations that a text mentions, at most `max`. */
export function destinationsInText(text: string, max = 32): string[] {
  const found = new Set<string>();
  for (const [url] of text.slice(0, 65_536).matchAll(/\bhttps?:\/\/[^\s"'<>`)\]}]{1,512}/g)) {
    const parsed = URL.parse(url);
    if (parsed !== null)
      found.add(
        `${parsed.protocol}//${parsed.host}${parsed.pathname.replaceAll(/\/\d+(?=\/|$)/g, '/{id}').replace(/\/$/, '')}`.slice(0, 512),
      );
  }
  for (const [, local, domain] of text.slice(0, 65_536).matchAll(/([\w.+-]{1,64})@([a-z0-9.-]{1,200}\.[a-z]{2,24})/gi)) {
    found.add(`mailto:${domain?.toLowerCase()}`);
    found.add(`mailto:${local?.toLowerCase()}@${domain?.toLowerCase()}`);
  }
  return [...found].slice(0, max);
}
