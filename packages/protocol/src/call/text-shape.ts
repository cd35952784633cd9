/** What a text is made of, as bits: each says that such a character may be in it. See {@link shapeOf}. */
export const HAS = Object.freeze({
  digit: 1,
  dot: 2,
  /** `/` or `\`. */
  slash: 4,
  colon: 8,
  at: 16,
  equals: 32,
  underscore: 64,
  hyphen: 128,
  /** One of `; { } ( ) < > # =`, of which program text is recognised. */
  code: 256,
  /** What JSON writes with a backslash. */
  escaped: 512,
  /** Anything but letters, spaces and `_ , ! ? ' " =`. */
  beyondWords: 1024,
  /** Anything but letters, digits, `_` and `-`. */
  wordEnd: 2048,
  /** {@link LONG_WORD} letters, digits, `_` and `-` on end. */
  longWord: 4096,
});

/** The shortest run in which any of the tokens of `redact-text.ts` begins. */
export const LONG_WORD = 11;

/** Every bit: nothing is known about the text. */
export const ANY_SHAPE = 8191;

/** Longer texts are not looked at. */
const READ_MAX = 16_384;

/** By byte of a text: the bits it sets; beyond ASCII all of them. */
export const SHAPE_BITS: Uint16Array = new Uint16Array(256).fill(ANY_SHAPE);
const mark = (units: string, bit: number): void => {
  for (const unit of units) SHAPE_BITS[unit.charCodeAt(0)] = (SHAPE_BITS[unit.charCodeAt(0)] ?? 0) | bit;
};
for (let unit = 0; unit < 128; unit++) {
  SHAPE_BITS[unit] =
    (/[A-Za-z _,!?'"=]/.test(String.fromCharCode(unit)) ? 0 : HAS.beyondWords) |
    (unit < 32 ? HAS.escaped : 0) |
    (/[\w-]/.test(String.fromCharCode(unit)) ? 0 : HAS.wordEnd);
}
mark('0123456789', HAS.digit);
mark('.', HAS.dot);
mark('/\\', HAS.slash);
mark(':', HAS.colon);
mark('@', HAS.at);
mark('=', HAS.equals);
mark('_', HAS.underscore);
mark('-', HAS.hyphen);
mark(';{}()<>#=', HAS.code);
mark('"\\', HAS.escaped);

/**
 * The shape of a text in one walk: what lets the readers of arguments pass over most of their patterns, which need a character that most texts do not
 * have. A bit that is not set is a promise; {@link ANY_SHAPE} for a text with characters outside ASCII (which may fold to anything) and for a very
 * long one.
 */
export function shapeOf(text: string): number {
  if (text.length > READ_MAX) return ANY_SHAPE;
  let shape = 0;
  let word = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 127) return ANY_SHAPE;
    const bits = SHAPE_BITS[unit] ?? 0;
    shape |= bits;
    if ((bits & HAS.wordEnd) === 0) continue;
    if (index - word >= LONG_WORD) shape |= HAS.longWord;
    word = index + 1;
  }
  return text.length - word >= LONG_WORD ? shape | HAS.longWord : shape;
}
