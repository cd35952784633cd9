import fc from 'fast-check';
import type { z } from 'zod';

/** The parts of a zod schema's definition that are read here. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly element?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly keyType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly checks?: readonly z.core.$ZodCheck[];
}

interface CheckDefinition {
  readonly check: string;
  readonly value?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly pattern?: RegExp;
}

interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly pattern?: RegExp;
}

const EDGE_NUMBERS = [0, -0, 1, -1, 0.5, 1e21, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, Number.MAX_VALUE, 5e-324];

/**
 * Values that a zod schema accepts, derived from the schema itself: objects, lists, unions, literals, enums, numbers, strings with lengths and
 * patterns. What it cannot read out of the definition (a `refine`) it finds by trying.
 */
export function arbitraryOf<T>(schema: z.ZodType<T>): fc.Arbitrary<T> {
  return build(schema as z.core.$ZodType) as fc.Arbitrary<T>;
}

function build(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const definition = schema._zod.def as Definition;
  switch (definition.type) {
    case 'object':
      return buildObject(definition.shape ?? {});
    case 'array':
      return fc.array(build(definition.element as z.core.$ZodType), { maxLength: Math.min(4, bounds(schema).maximum ?? 4) });
    case 'union':
      return fc.oneof(...(definition.options ?? []).map(build));
    case 'record':
      return fc.dictionary(
        // A schema's output never has it: assigning it sets the prototype.
        (build(definition.keyType as z.core.$ZodType) as fc.Arbitrary<string>).filter((key) => key !== '__proto__'),
        build(definition.valueType as z.core.$ZodType),
        { maxKeys: 4, noNullPrototype: true },
      );
    case 'literal':
      return fc.constantFrom(...(definition.values ?? []));
    case 'enum':
      return fc.constantFrom(...Object.values(definition.entries ?? {}));
    case 'boolean':
      return fc.boolean();
    default:
      return buildScalar(schema, definition.type);
  }
}

function buildObject(shape: Readonly<Record<string, z.core.$ZodType>>): fc.Arbitrary<unknown> {
  const model: Record<string, fc.Arbitrary<unknown>> = {};
  const requiredKeys: string[] = [];
  for (const [key, field] of Object.entries(shape)) {
    const { type, innerType } = field._zod.def as Definition;
    const isOptional = type === 'optional' && innerType !== undefined;
    model[key] = build(isOptional ? innerType : field);
    if (!isOptional) requiredKeys.push(key);
  }
  return fc.record(model, { requiredKeys, noNullPrototype: true });
}

function buildScalar(schema: z.core.$ZodType, type: string): fc.Arbitrary<unknown> {
  const { minimum, maximum, format, pattern } = bounds(schema);
  if (type === 'string') {
    const max = Math.min(maximum ?? 40, 40);
    const any = fc.oneof(fc.string({ unit: 'binary', maxLength: max }), fc.string({ minLength: minimum ?? 0, maxLength: max }));
    return accepted(schema, pattern === undefined ? any : fc.stringMatching(pattern));
  }
  if (type !== 'number') throw new TypeError(`No arbitrary is known for a schema of type ${type}.`);
  const min = Math.max(minimum ?? -1e15, -Number.MAX_SAFE_INTEGER);
  const max = Math.min(maximum ?? 1e15, Number.MAX_SAFE_INTEGER);
  const any =
    format === undefined
      ? fc.double({ min, max, noNaN: true, noDefaultInfinity: true })
      : fc.maxSafeInteger().map((n) => Math.min(max, Math.max(min, n)));
  return accepted(schema, fc.oneof(any, fc.constantFrom(...EDGE_NUMBERS)));
}

const accepted = (schema: z.core.$ZodType, any: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  any.filter((value) => (schema as z.ZodType).safeParse(value).success);

function bounds(schema: z.core.$ZodType): Bounds {
  const bounds: { -readonly [K in keyof Bounds]: Bounds[K] } = {};
  for (const check of (schema._zod.def as Definition).checks ?? []) {
    const { check: kind, value, minimum, maximum, format, pattern } = check._zod.def as CheckDefinition;
    if (kind === 'greater_than') bounds.minimum = value ?? 0;
    else if (kind === 'less_than') bounds.maximum = value ?? 0;
    else if (kind === 'min_length') bounds.minimum = minimum ?? 0;
    else if (kind === 'max_length') bounds.maximum = maximum ?? 0;
    else if (kind === 'number_format') bounds.format = format ?? 'safeint';
    else if (pattern !== undefined) bounds.pattern = pattern;
  }
  return bounds;
}
