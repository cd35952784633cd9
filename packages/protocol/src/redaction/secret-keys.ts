import { wordsOf } from '../call/words.ts';

/** Words that make a key secret wherever they stand in it. */
const ANYWHERE: ReadonlySet<string> = new Set([
  'password',
  'passwords',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'secrets',
  'credential',
  'credentials',
  'authorization',
  'apikey',
]);
/** Words that do so at the end: `card_pin`, not `pin_message`. */
const AT_THE_END: ReadonlySet<string> = new Set([
  'cookie',
  'cookies',
  'jwt',
  'bearer',
  'cvv',
  'cvc',
  'pin',
  'otp',
  'totp',
  'ssn',
  'dsn',
  'pass',
  'auth',
]);
const JOINED: RegExp =
  /^(?:token|setcookie2?|connectionstring|xapikey|xauthtoken|xaccesstoken)$|(?:api|access|secret|private|signing|encryption|master|ssh|hmac|account)keys?$|(?:access|refresh|id|auth|bearer|session|api|csrf|xsrf|security|personal|deploy|bot|user|reset)tokens?$|(?:card|creditcard|account)(?:number|no|num|pan)$/;
const known: Map<string, boolean> = new Map();
const KNOWN_MAX = 4096;

/** True when a name at any depth of a value is a secret's, and when it is nested deeper than `levels`, so that nobody has looked. */
export function hasSecretKey(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => hasSecretKey(item, levels - 1));
  for (const name in value) {
    if (isSecretKey(name) || hasSecretKey((value as Readonly<Record<string, unknown>>)[name], levels - 1)) return true;
  }
  return false;
}

/** True for keys whose values are credentials: `password`, `api_key`, `X-Auth-Token`, `dbPassword`; not for counts of tokens or a `tokenizer`. */
export function isSecretKey(key: string): boolean {
  if (key.length > 128) return false;
  const before = known.get(key);
  if (before !== undefined) return before;
  const words = wordsOf(key);
  const answer = words.some((word) => ANYWHERE.has(word)) || AT_THE_END.has(words.at(-1) ?? '') || JOINED.test(words.join(''));
  if (known.size < KNOWN_MAX) known.set(key, answer);
  return answer;
}
