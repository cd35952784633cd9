const BOUNDARY: RegExp = /[^\p{L}\p{N}]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/** The words of an identifier in lower case: snake, kebab, dotted, camel and Pascal case (`sendHTTPRequest` = send, http, request). */
export const wordsOf = (identifier: string): string[] =>
  identifier
    .split(BOUNDARY)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
