/** Below this many bytes no nesting can hurt the parser or the heap. */
const UNGUARDED_BYTES = 1_048_576;
const DEPTH_MAX = 256;
/** Twice what the densest honest body of the largest accepted size holds. */
const NODES_MAX = 2_000_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Why a JSON text must not be given to the parser: arrays and objects nested too deep, or so many that a few megabytes of text would
 * become a gigabyte of heap. Undefined when it is harmless; says nothing about whether it is JSON.
 */
export function jsonHazard(body: Uint8Array): string | undefined {
  if (body.length < UNGUARDED_BYTES) return undefined;
  let depth = 0;
  let nodes = 0;
  for (let at = 0; at < body.length; at += 1) {
    switch (body[at]) {
      case QUOTE:
        at = stringEnd(body, at + 1);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        nodes += 1;
        if (depth > DEPTH_MAX) return `nested deeper than ${DEPTH_MAX} levels`;
        if (nodes > NODES_MAX) return `more than ${NODES_MAX} objects and arrays`;
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      default:
    }
  }
  return undefined;
}

/** Position of the quote that ends the string whose text begins at `from`. */
function stringEnd(body: Uint8Array, from: number): number {
  let at = from;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}
