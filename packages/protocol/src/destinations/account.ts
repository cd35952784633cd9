import { hash } from 'node:crypto';

const COMPACT: RegExp = /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/;
/** A number, or an id with one in it, as banks and payment services give them: `acct_1032D82eZvKYlo2C`, a wallet. */
const NUMBER: RegExp = /^(?=(?:[A-Z_]*\d){6})\w{6,64}$/;
/** An IBAN as written in text: in one piece, or in groups of four. */
const IN_TEXT: RegExp = /\b[A-Z]{2}\d{2}(?:[A-Z0-9]{10,30}|(?:[ -][A-Z0-9]{4}){2,7}(?:[ -][A-Z0-9]{1,4})?)\b/g;
const ENOUGH_DIGITS = 8;
/** Every account has one; most values have none, and this is cheaper than taking their spaces out. */
const DIGIT: RegExp = /\d/;

/** `account:<country><digest>` of a bank account written as the whole value: an IBAN, or a number or id (country ZZ) in an argument that is one for accounts. */
export function accountOf(value: string, isAccountRole: boolean): string | undefined {
  if (value.length > 64 || !DIGIT.test(value)) return undefined;
  const compact = value.replaceAll(/[\s-]/g, '').toUpperCase();
  if (COMPACT.test(compact) && (isAccountRole || looksLikeAccount(compact))) return keyOf(compact.slice(0, 2), compact);
  return isAccountRole && NUMBER.test(compact) ? keyOf('ZZ', compact) : undefined;
}

/** Accounts inside text. Groups after the IBAN that happen to be in capitals are told apart by the check digits. */
export function* accountsIn(text: string): Generator<string> {
  for (const [written] of text.matchAll(IN_TEXT)) {
    const account = /[ -]/.test(written) ? grouped(written) : accountOf(written, false);
    if (account !== undefined) yield account;
  }
}

function grouped(written: string): string | undefined {
  const groups = written.split(/[ -]/);
  for (let count = groups.length; count >= 3; count--) {
    const compact = groups.slice(0, count).join('');
    if (isValidIban(compact)) return keyOf(compact.slice(0, 2), compact);
  }
  return undefined;
}

/** Right check digits, or so many digits that it can hardly be a word. */
const looksLikeAccount = (compact: string): boolean => isValidIban(compact) || compact.replaceAll(/\D/g, '').length >= ENOUGH_DIGITS + 2;

/** ISO 13616: the number with its first four characters at the end, letters as 10…35, is 1 modulo 97. */
function isValidIban(compact: string): boolean {
  if (!COMPACT.test(compact)) return false;
  let rest = 0;
  for (const unit of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(unit, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

const keyOf = (country: string, account: string): string => `account:${country}${hash('sha256', account, 'hex').slice(0, 16)}`;
