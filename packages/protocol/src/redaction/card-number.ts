/** 13 to 19 digits in the groups that people and machines write; the first digit is one that payment networks use. */
const CANDIDATE: RegExp = /(?<![\d.])[2-6](?:[ -]?\d){12,18}(?![\d.]\d|\d)/g;

/** The text with payment card numbers (right check digit, ISO/IEC 7812-1) replaced. */
export const withoutCards = (text: string, replacement: string): string =>
  text.replaceAll(CANDIDATE, (written) => (isCardNumber(written) ? replacement : written));

export const hasCard = (text: string): boolean => text.match(CANDIDATE)?.some(isCardNumber) ?? false;

/** Luhn's check over the digits, 13 to 19 of them. */
function isCardNumber(written: string): boolean {
  const digits = written.replaceAll(/\D/g, '');
  if (digits.length < 13 || digits.length > 19) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
