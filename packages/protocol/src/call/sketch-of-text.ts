import { sketchOfBytes } from './sketch.ts';

const TEXT_MAX = 4096;
const bytes = Buffer.alloc(TEXT_MAX);

/**
 * {@link sketchOf} the arguments that a JSON text holds, out of the text itself: with neither nesting nor escapes its letters and digits are those of
 * the names and values, in their order.
 * @param text of which `scanArguments` says that it is flat.
 */
export const sketchOfText = (text: string): string => sketchOfBytes(bytes, bytes.write(text));
