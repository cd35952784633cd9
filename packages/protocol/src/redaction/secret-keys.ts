import { wordsOf } from '../call/words.ts';

const SINGLE: ReadonlySet<string> = new Set([
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'secret',
  'secrets',
  'credential',
  'credentials',
  'authorization',
  'apikey',
  'accesskey',
  'secretkey',
  'privatekey',
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'authtoken',
  'bearertoken',
  'sessiontoken',
  'clientsecret',
  'cookie',
  'cookies',
  'jwt',
  'bearer',
  'cvv',
  'cvc',
  'pin',
  'otp',
  'totp',
  'mfa',
  'ssn',
  'cardnumber',
  'creditcard',
  'connectionstring',
  'dsn',
]);
const JOINED: readonly RegExp[] = [
  /(?:api|access|secret|private|signing|encryption|master|ssh|hmac)keys?$/,
  /(?:access|refresh|id|auth|bearer|session|api|csrf|xsrf|security|personal|deploy)tokens?$/,
  /(?:client|app|shared|webhook)secret$/,
  /(?:card|creditcard)(?:number|no|num)$/,
  /(?:pass|user)word$/,
  /^(?:set)?cookies?2?$/,
  /^(?:proxy)?authorization$/,
  /^x(?:api|auth|access)?(?:key|token)$/,
];
const known: Map<string, boolean> = new Map();
const KNOWN_MAX = 4096;

/** True for keys whose values are credentials: `password`, `api_key`, `X-Auth-Token`, `dbPassword`; not for `tokens` counts or `tokenizer`. */
export function isSecretKey(key: string): boolean {
  if (key.length > 128) return false;
  const before = known.get(key);
  if (before !== undefined) return before;
  const words = wordsOf(key);
  const joined = words.join('');
  const answer =
    joined === 'token' || words.some((word) => SINGLE.has(word)) || SINGLE.has(joined) || JOINED.some((pattern) => pattern.test(joined));
  if (known.size < KNOWN_MAX) known.set(key, answer);
  return answer;
}
