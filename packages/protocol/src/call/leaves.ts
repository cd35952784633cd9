import { ANY_SHAPE, shapeOf } from './text-shape.ts';

/** A scalar, an empty list or an empty object somewhere in the arguments. */
export interface Leaf {
  /** Path of keys and indices, e.g. `to`, `recipients.0`; empty for arguments that are themselves a scalar. */
  readonly role: string;
  /** The nearest key that is a name, e.g. `recipients`. */
  readonly key: string;
  readonly value: unknown;
  /** {@link shapeOf} a text; everything for what is none. */
  readonly shape: number;
}

const MAX_DEPTH = 6;
const MAX_LEAVES = 256;

/** The leaves of arguments in order, at most 256, at most 6 deep: bounded work on hostile input. */
export function leavesOf(args: unknown): Leaf[] {
  const leaves: Leaf[] = [];
  collect(args, '', '', 0, leaves);
  return leaves;
}

function collect(value: unknown, role: string, key: string, depth: number, leaves: Leaf[]): void {
  if (leaves.length >= MAX_LEAVES) return;
  if (value === null || typeof value !== 'object' || depth > MAX_DEPTH) {
    leaves.push(leafOf(role, key, typeof value === 'object' && value !== null ? '' : value));
    return;
  }
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && leaves.length < MAX_LEAVES; index++)
      collect(value[index], join(role, String(index)), key, depth + 1, leaves);
    return;
  }
  for (const name in value) {
    if (leaves.length >= MAX_LEAVES) return;
    collect((value as Readonly<Record<string, unknown>>)[name], join(role, name), name, depth + 1, leaves);
  }
}

const leafOf = (role: string, key: string, value: unknown): Leaf => ({
  role,
  key,
  value,
  shape: typeof value === 'string' ? shapeOf(value) : ANY_SHAPE,
});

const join = (path: string, part: string): string => (path === '' ? part : `${path}.${part}`);
