/** What a viewer has chosen; a variable without a value means All of `options`. */
export interface View {
  readonly fromMs: number;
  readonly toMs: number;
  readonly intervalSeconds: number;
  /** Values by variable; for All, every option with `all` true. */
  readonly variables: Readonly<Record<string, { readonly values: readonly string[]; readonly all: boolean }>>;
}

const quoted = (values: readonly string[]): string =>
  values.map((value) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`).join(',');

/** The SQL that Grafana and the ClickHouse plugin would send: the macros and variables that our dashboards use, and no others. */
export function expandMacros(sql: string, view: View): string {
  const fromSeconds = Math.floor(view.fromMs / 1000);
  const toSeconds = Math.ceil(view.toMs / 1000);
  const expanded = expandConditionals(sql, view)
    .replaceAll(/\$__timeFilter\((\w+)\)/g, `$1 >= toDateTime(${fromSeconds}) AND $1 <= toDateTime(${toSeconds})`)
    .replaceAll(/\$__timeInterval\((\w+)\)/g, `toStartOfInterval(toDateTime($1), INTERVAL ${view.intervalSeconds} second)`)
    .replaceAll('$__fromTime', `toDateTime(${fromSeconds})`)
    .replaceAll('$__toTime', `toDateTime(${toSeconds})`)
    .replaceAll('$__interval_s', String(view.intervalSeconds))
    .replaceAll(/\$\{(\w+):singlequote\}/g, (_, name: string) => quoted(view.variables[name]?.values ?? []))
    .replaceAll(/\$\{__from\}/g, String(view.fromMs))
    .replaceAll(/\$\{__to\}/g, String(view.toMs));
  const left = /\$(__\w+|\{?\w+)/.exec(expanded);
  if (left !== null) throw new Error(`Nothing expands ${left[0]} in: ${sql}`);
  return expanded;
}

function expandConditionals(sql: string, view: View): string {
  const start = sql.indexOf('$__conditionalAll(');
  if (start < 0) return sql;
  let depth = 1;
  let end = start + '$__conditionalAll('.length;
  for (; depth > 0; end += 1) depth += sql[end] === '(' ? 1 : sql[end] === ')' ? -1 : 0;
  const inner = sql.slice(start + '$__conditionalAll('.length, end - 1);
  const comma = inner.lastIndexOf(',');
  const name = inner
    .slice(comma + 1)
    .trim()
    .replace(/^\$/, '');
  const condition = view.variables[name]?.all ? '1=1' : inner.slice(0, comma);
  return sql.slice(0, start) + condition + expandConditionals(sql.slice(end), view);
}
