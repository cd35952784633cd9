/** `0.4 ms`, `12 ms`, `1.34 s`, `3 min 20 s`: a duration as people read it. */
export function formatDuration(durationUs: number): string {
  if (durationUs < 0) return `−${formatDuration(-durationUs)}`;
  const ms = durationUs / 1000;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(ms / 60_000);
  const seconds = Math.round((ms % 60_000) / 1000);
  if (minutes < 60) return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `14:03:07.123` in local time. */
export function formatClock(atUs: number): string {
  const date = new Date(atUs / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** `4 s ago`. */
export function formatAgo(thenUs: number, nowUs: number): string {
  return nowUs - thenUs < 1_000_000 ? 'now' : `${formatDuration(nowUs - thenUs)} ago`;
}

/** Nano-dollars as dollars, as many digits as matter: `$0.0042`, `$12.30`. */
export function formatUsd(nanoUsd: number): string {
  const usd = nanoUsd / 1e9;
  return `$${Math.abs(usd) >= 1 || usd === 0 ? usd.toFixed(2) : usd.toPrecision(2)}`;
}
