import type { Call } from './call.ts';

/** Signed hooks in: alerts that hold and release. */
export const hookCalls: readonly Call[] = [];
