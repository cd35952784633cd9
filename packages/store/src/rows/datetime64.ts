/** 1970-01-01 and 2099-12-31: what ClickHouse's DateTime (TTL, `toStartOfMinute`) holds without wrapping. Integer µs. */
const PLATFORM_MIN_US = 0;
const PLATFORM_MAX_US = Date.UTC(2099, 11, 31, 23, 59, 59) * 1000;
/** 1900-01-01 and 2299-12-31: what DateTime64(6) holds. Integer µs. */
const AGENT_MIN_US = Date.UTC(1900, 0, 1) * 1000;
const AGENT_MAX_US = Date.UTC(2299, 11, 31, 23, 59, 59) * 1000;

/** Text of a DateTime64(6) in UTC from a clock of the platform (integer µs), clamped to 1970–2099. Never throws. */
export const platformTime = (us: number): string => dateTime64(clamp(us, PLATFORM_MIN_US, PLATFORM_MAX_US));

/**
 * Text of a DateTime64(6) in UTC from a clock nobody vouches for (integer µs), clamped to 1900–2299. Never throws.
 * The raw number is stored beside it.
 */
export const agentTime = (us: number): string => dateTime64(clamp(us, AGENT_MIN_US, AGENT_MAX_US));

const clamp = (us: number, min: number, max: number): number => (Number.isNaN(us) ? min : Math.min(max, Math.max(min, Math.trunc(us))));

// As text and not as a number: a fraction of a second in a JSON number passes through a float.
function dateTime64(us: number): string {
  const ms = Math.floor(us / 1000);
  const iso = new Date(ms).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}${String(us - ms * 1000).padStart(3, '0')}`;
}
