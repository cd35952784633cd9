import { accountOf } from '../destinations/account.ts';
import { bareNameOf, hasHostEnding } from '../destinations/domain-name.ts';
import { isPathLike } from '../destinations/file-path.ts';
import { phoneOf } from '../destinations/phone.ts';
import { roleOf } from '../destinations/roles.ts';
import type { Feature } from '../event/decision-event.ts';
import { HAS } from './text-shape.ts';

type Kind = Feature['kind'];

const WHOLE_MAX = 512;
const MAIL: RegExp = /^(?:mailto:)?[^\s@<>"(),:;]{1,64}@[^\s@]{1,253}$/;
const URL_LIKE: RegExp = /^[a-z][a-z0-9+.-]{0,31}:\/\/\S+$/i;
const NUMBER: RegExp = /^[+-]?(?:\d{1,3}(?:[,' ]\d{3})+|\d+)(?:[.,]\d+)?(?:e[+-]?\d+)?\s?(?:%|[€$£¥])?$/i;
const DATE: RegExp =
  /^\d{4}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)?$|^\d{1,2}[./]\d{1,2}[./]\d{2,4}$|^\d{1,2}:\d{2}(?::\d{2})?$/;
const UUID: RegExp = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ID: RegExp = /^(?=[^\s]*\d)(?:[0-9a-f]{12,128}|[A-Za-z]{1,16}[-_:#]?\d[\w-]{0,40}|[A-Za-z0-9_-]{16,128})$/;
const CODE_WORD: RegExp = /^(?:SELECT\s|INSERT\s|def |class |import |from \w+ import|function |const |let |var |public |package )/;
const CODE: RegExp =
  /^\s*(?:[{<]|#!|SELECT\s|INSERT\s|def |class |import |from \w+ import|function |const |let |var |public |package )|;\s*\n|\{\s*\n|=>|\(\)\s*[;{]/;

/** What a text argument is, by what it looks like and by what its name says. */
export function kindOfText(value: string, key: string, shape: number): Kind {
  const text = value.trim();
  if (text === '') return 'empty';
  const role = roleOf(key);
  if (role === 'code' || role === 'shell' || role === 'sql') return 'code';
  return (text.length <= WHOLE_MAX ? kindOfWhole(text, role, shape) : undefined) ?? (isCode(text, shape) ? 'code' : 'text');
}

/** Without any of its marks, only a word at the beginning makes a text code. */
const isCode = (text: string, shape: number): boolean => ((shape & HAS.code) === 0 ? CODE_WORD.test(text) : CODE.test(text.slice(0, 2048)));

function kindOfWhole(text: string, role: string, shape: number): Kind | undefined {
  if ((shape & HAS.colon) !== 0 && URL_LIKE.test(text)) return 'url';
  if ((shape & HAS.at) !== 0 && MAIL.test(text)) return 'mail';
  const number = (shape & HAS.digit) === 0 && role !== 'phone' ? undefined : kindOfDigits(text, role);
  if (number !== undefined) return number;
  if (role === 'path' || ((shape & (HAS.slash | HAS.colon)) !== 0 && isPathLike(text) && !/\s/.test(text))) return 'path';
  const name = (shape & HAS.dot) === 0 ? undefined : bareNameOf(text);
  if (name !== undefined && (role === 'url' || hasHostEnding(name.host, 'whole value'))) return 'url';
  return (shape & HAS.digit) !== 0 && (UUID.test(text) || ID.test(text)) ? 'id' : undefined;
}

/** What has digits in it; in an argument for phones, what could have. */
function kindOfDigits(text: string, role: string): Kind | undefined {
  if (accountOf(text, role === 'account') !== undefined) return 'account';
  if (DATE.test(text)) return 'date';
  if (phoneOf(text, role === 'phone') !== undefined) return 'phone';
  return NUMBER.test(text) ? 'number' : undefined;
}
