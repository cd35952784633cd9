import { ANY_SHAPE, HAS, shapeOf } from '../call/text-shape.ts';
import { hasCard, withoutCards } from './card-number.ts';

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/** Keys and tokens that say what they are by how they begin. */
const TOKENS: RegExp = new RegExp(
  [
    String.raw`\beyJ[\w-]{8,4096}\.[\w-]{4,16384}\.[\w-]{0,4096}`, // JSON Web Token
    String.raw`\b(?:AKIA|ASIA|AROA|AIDA|ANPA)[A-Z0-9]{16}\b`, // AWS
    String.raw`\bgh[pousr]_[A-Za-z0-9]{20,255}|\bgithub_pat_\w{20,255}`,
    String.raw`\bglpat-[\w-]{16,64}`,
    String.raw`\bxox[abeoprs]-[\w-]{8,255}|\bxapp-[\w-]{8,255}`, // Slack
    String.raw`\b(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{10,255}|\bwhsec_[A-Za-z0-9+/=]{16,255}`, // Stripe
    String.raw`\bsk-[A-Za-z0-9][\w-]{15,255}`, // OpenAI, Anthropic, OpenRouter …
    String.raw`\bAIza[\w-]{30,60}|\bya29\.[\w-]{16,512}|\bGOCSPX-[\w-]{20,64}`, // Google
    String.raw`\bnpm_[A-Za-z0-9]{30,64}|\bpypi-[\w-]{30,512}|\bhf_[A-Za-z0-9]{20,64}|\bdop_v1_[0-9a-f]{40,80}|\bdckr_pat_[\w-]{20,64}`,
    String.raw`\bSG\.[\w-]{16,32}\.[\w-]{16,64}|\bSK[0-9a-f]{32}\b|\bkey-[0-9a-f]{32}\b`, // SendGrid, Twilio, Mailgun
    String.raw`\b\d{8,10}:AA[\w-]{30,40}`, // Telegram
    String.raw`\bhooks\.slack\.com/services/[\w/]{10,100}`,
  ].join('|'),
  'g',
);
const AUTHORIZATION: RegExp = /\b(bearer|basic|digest|negotiate)[ \t]+[A-Za-z0-9._~+/=-]{8,8192}/gi;
const USER_INFO: RegExp = /:\/\/[^\s/@:"'<>]{0,256}:[^\s/@"'<>]{1,256}@/g;
/** `password = x`, `"api_key": "x"`, `\"token\":\"x\"`, `--password x`. */
const ASSIGNMENT: RegExp =
  /((?:passw(?:or)?d|passphrase|pwd|secret|api[_-]?key|access[_-]?key|account[_-]?key|secret[_-]?key|private[_-]?key|auth[_-]?token|access[_-]?token|refresh[_-]?token|session[_-]?token|client[_-]?secret|authorization|(?<![a-z])token)(?:\\?["'])?[ \t]{0,4}(?:=>|=(?!>)|:)[ \t]{0,4})(?!\\?["']?\[redacted\]|(?:bearer|basic|digest|negotiate)\b|\d{1,6}(?!\w)|(?:null|true|false|none|undefined)\b)(\\?"[^"\\\n]{1,512}|\\?'[^'\\\n]{1,512}|[^\s"',;&}\]\\]{1,512})/gi;
const PEM_START = '-----BEGIN ';
/** What all but tokens have one of. */
const MIGHT_BE: RegExp = /[-_.:=/]|\d{4}|bearer|basic/i;

/**
 * The text with credentials replaced by `[redacted]`: private keys, JSON Web Tokens, bearer and basic authorisation, keys of clouds and services, user
 * and password in URLs, `password=…` and the like, payment card numbers. Errs on the side of hiding. Idempotent; linear time.
 */
export function redactText(text: string): string {
  const shape = shapeOf(text);
  return hasSecret(text, shape) ? redacted(text) : text;
}

const redacted = (text: string): string =>
  withoutCards(withoutPrivateKeys(text), REDACTED)
    .replaceAll(TOKENS, REDACTED)
    .replaceAll(AUTHORIZATION, `$1 ${REDACTED}`)
    .replaceAll(ASSIGNMENT, redactAssignment)
    .replaceAll(USER_INFO, `://${REDACTED}@`);

/** What of {@link MIGHT_BE} needs neither a mark nor a digit. */
const WORD_OF_SECRETS: RegExp = /b(?:earer|asic)/i;
const MARKS: number = HAS.digit | HAS.dot | HAS.slash | HAS.colon | HAS.equals | HAS.underscore | HAS.hyphen;

/**
 * True when {@link redactText} would find something.
 * @param shape of the text or of more than it; lets most texts pass without a search.
 */
export function hasSecret(text: string, shape: number = ANY_SHAPE): boolean {
  if (mayHoldToken(text, shape) && text.search(TOKENS) >= 0) return true;
  if (!((shape & MARKS) === 0 ? WORD_OF_SECRETS : MIGHT_BE).test(text)) return false;
  if (text.search(AUTHORIZATION) >= 0) return true;
  if ((shape & HAS.colon) !== 0 && (shape & HAS.at) !== 0 && text.search(USER_INFO) >= 0) return true;
  if ((shape & (HAS.colon | HAS.equals)) !== 0 && text.search(ASSIGNMENT) >= 0) return true;
  return ((shape & HAS.hyphen) !== 0 && hasPrivateKey(text)) || ((shape & HAS.digit) !== 0 && hasCard(text));
}

/** All tokens but two have a long word in them. */
const mayHoldToken = (text: string, shape: number): boolean =>
  (shape & HAS.longWord) !== 0 ||
  ((shape & HAS.underscore) !== 0 && text.includes('whsec_')) ||
  ((shape & HAS.slash) !== 0 && text.includes('hooks.slack.com'));

/** Keeps the opening quote, so that what was JSON stays JSON. */
const redactAssignment = (_whole: string, name: string, value: string): string => name + (/^\\?["']/.exec(value)?.[0] ?? '') + REDACTED;

const hasPrivateKey = (text: string): boolean => text.includes(PEM_START) && /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/.test(text);

/** Replaces each block up to its END line, or to the end of the text where that was cut off. */
function withoutPrivateKeys(text: string): string {
  if (!hasPrivateKey(text)) return text;
  return text.replaceAll(
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----END).)*(?:-----END [A-Z0-9 ]{0,40}-----)?/gs,
    REDACTED,
  );
}
