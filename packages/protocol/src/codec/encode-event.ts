import type { DecisionEvent } from '../event/decision-event.ts';
import type { InputRecord } from '../event/input-record.ts';

/** One JSON line, without the newline. */
export const encodeEvent = (event: DecisionEvent | InputRecord): string => JSON.stringify(event);
