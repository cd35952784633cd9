const MAX_LENGTH = 8192;
const MAX_STATEMENTS = 16;
const TOKEN: RegExp =
  /--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?|'(?:[^']|'')*'?|"[^"]*"?|`[^`]*`?|\[[^\]\n]*\]?|[\p{L}_][\p{L}\p{N}_$]*|\S/gu;
const COMMENT_OR_TEXT: RegExp = /^(?:--|\/\*|')/;
const QUOTED: RegExp = /^["`[]/;

/**
 * The statements of a SQL text as tokens in lower case: no comments, no string literals; a quoted identifier keeps one `"` in front, so that it is
 * never taken for a keyword. Reads the first 8,192 characters, at most 16 statements.
 */
export function sqlStatements(text: string): string[][] {
  const statements: string[][] = [];
  let statement: string[] = [];
  for (const [token] of text.slice(0, MAX_LENGTH).matchAll(TOKEN)) {
    if (token === ';') {
      if (statement.length > 0) statements.push(statement);
      if (statements.length >= MAX_STATEMENTS) return statements;
      statement = [];
    } else if (!COMMENT_OR_TEXT.test(token)) statement.push(spelled(token));
  }
  if (statement.length > 0) statements.push(statement);
  return statements;
}

const spelled = (token: string): string => (QUOTED.test(token) ? `"${token.replaceAll(/["`[\]]/g, '').trim()}` : token).toLowerCase();
