/** Text that ClickHouse's JSON parser accepts: half a surrogate pair becomes U+FFFD. Undefined stays undefined. */
export const wellFormed = (text: string | undefined): string | undefined => text?.toWellFormed();

/** The same for each item. */
export const allWellFormed = (texts: readonly string[] | undefined): readonly string[] | undefined =>
  texts?.map((text) => text.toWellFormed());
