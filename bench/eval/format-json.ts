const WIDTH_MAX = 140;

/** JSON as the house's formatter leaves it: what fits into a line stays in one. The same value gives the same text. */
export function formatJson(value: unknown, indent = ''): string {
  const flat = inOneLine(value);
  if (flat.length + indent.length <= WIDTH_MAX - 40 || typeof value !== 'object' || value === null) return flat;
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => formatJson(item, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${JSON.stringify(key)}: ${formatJson(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
}

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const items = Object.entries(value).filter(([, item]) => item !== undefined);
  return items.length === 0 ? '{}' : `{ ${items.map(([key, item]) => `${JSON.stringify(key)}: ${inOneLine(item)}`).join(', ')} }`;
}
