import { BelayError, isBelayError } from '@belay/protocol';

/**
 * Codes with which ClickHouse refuses the content of a row (src/Common/ErrorCodes.cpp). Everything else (network, memory, too many parts,
 * missing tables, wrong password) can pass without a change to the data, so it is retryable and no row is given up for it.
 */
const REFUSED_CONTENT: ReadonlyMap<string, string> = new Map([
  ['6', 'CANNOT_PARSE_TEXT'],
  ['25', 'CANNOT_PARSE_ESCAPE_SEQUENCE'],
  ['26', 'CANNOT_PARSE_QUOTED_STRING'],
  ['27', 'CANNOT_PARSE_INPUT_ASSERTION_FAILED'],
  ['38', 'CANNOT_PARSE_DATE'],
  ['41', 'CANNOT_PARSE_DATETIME'],
  ['53', 'TYPE_MISMATCH'],
  ['69', 'ARGUMENT_OUT_OF_BOUND'],
  ['72', 'CANNOT_PARSE_NUMBER'],
  ['117', 'INCORRECT_DATA'],
  ['131', 'TOO_LARGE_STRING_SIZE'],
  ['321', 'VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE'],
  ['349', 'CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN'],
  ['407', 'DECIMAL_OVERFLOW'],
  ['469', 'VIOLATED_CONSTRAINT'],
]);

const DETAIL_MAX = 500;

/** What an error of the client means: refused content is permanent (`bad_request`), all else retryable (`unavailable`). `what` names the call. */
export function toStoreError(error: unknown, what: string): BelayError {
  if (isBelayError(error)) return error;
  const detail = (error instanceof Error ? error.message : String(error)).slice(0, DETAIL_MAX);
  const name = REFUSED_CONTENT.get(codeOf(error));
  if (name !== undefined)
    return new BelayError('bad_request', `ClickHouse refused the content of ${what} (${name}): ${detail}`, { cause: error });
  return new BelayError('unavailable', `ClickHouse could not do ${what}: ${detail} Trying again is safe.`, {
    retryable: true,
    cause: error,
  });
}

// By shape, not by class: the client and chdb each carry a ClickHouseError of their own.
const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '');
