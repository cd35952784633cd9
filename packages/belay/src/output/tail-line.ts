import type { ControlEvent } from '@belay/protocol';
import type { LiveEvent } from '../client/event-stream.ts';
import { formatClock, formatDuration } from './duration.ts';
import { paintState } from './paint-state.ts';
import { safeText } from './safe-text.ts';
import type { Colours, Terminal } from './terminal.ts';

const AGENT_WIDTH = 18;
const WHAT_WIDTH = 12;

/** One line of `belay tail`: time, agent, what, details, in aligned columns. */
export function tailLine(live: LiveEvent, { colours, columns }: Pick<Terminal, 'colours' | 'columns'>): string {
  const { atUs, agentId, what, details, paint } = partsOf(live, colours);
  const space = Math.max(20, columns - 14 - AGENT_WIDTH - WHAT_WIDTH - 3);
  return `${colours.dim(formatClock(atUs))} ${colours.bold(safeText(agentId, AGENT_WIDTH).padEnd(AGENT_WIDTH))} ${paint(what.padEnd(WHAT_WIDTH))} ${safeText(details, space)}`;
}

/** True when it says that automation was not allowed to hold somebody: the blast-radius breaker is open. */
export const isRefusal = (live: LiveEvent): boolean =>
  live.kind === 'anomaly' ? live.anomaly.suppressed === 'breaker' : live.event.type === 'breaker.opened';

interface Parts {
  readonly atUs: number;
  readonly agentId: string;
  readonly what: string;
  readonly details: string;
  readonly paint: (text: string) => string;
}

function partsOf(live: LiveEvent, colours: Colours): Parts {
  if (live.kind === 'control') return controlParts(live.event, colours);
  const { anomaly } = live;
  if (isRefusal(live)) {
    const details = `the breaker is open, it goes on unless a person holds it: ${anomaly.detector} ${anomaly.rule}: ${anomaly.explanation}`;
    return { atUs: anomaly.detectedUs, agentId: anomaly.agentId, what: 'NOT HELD', details, paint: colours.red };
  }
  const paint = anomaly.severity === 'critical' ? colours.red : anomaly.severity === 'warning' ? colours.yellow : colours.dim;
  const suffix = anomaly.suppressed === undefined ? anomaly.response : `${anomaly.response}, ${anomaly.suppressed}`;
  return {
    atUs: anomaly.detectedUs,
    agentId: anomaly.agentId,
    what: anomaly.severity,
    details: `${anomaly.detector} ${anomaly.rule} (${suffix}): ${anomaly.explanation}`,
    paint,
  };
}

function controlParts(event: ControlEvent, colours: Colours): Parts {
  const base = { atUs: event.atUs, agentId: event.agentId };
  switch (event.type) {
    case 'hold.placed':
      return {
        ...base,
        what: event.hold.action,
        details: `${event.hold.scope}, by ${event.actor}: ${event.hold.reason}`,
        paint: colours.red,
      };
    case 'hold.released':
      return { ...base, what: 'release', details: `by ${event.actor}: ${event.reason}`, paint: colours.green };
    case 'ack':
      return {
        ...base,
        what: event.ack.state,
        details: ackDetails(event),
        paint: event.ack.state === 'confirmed' ? colours.green : colours.cyan,
      };
    case 'command.unconfirmed':
      return {
        ...base,
        what: 'UNCONFIRMED',
        details: `run ${event.runId} has not ${event.missing} command ${event.commandId}`,
        paint: colours.red,
      };
    case 'run.state':
      return {
        ...base,
        what: event.to,
        details: `run ${event.runId}${event.from === undefined ? ' started' : `, was ${event.from}`}`,
        paint: (text) => paintState(text.trimEnd(), colours).concat(' '.repeat(text.length - text.trimEnd().length)),
      };
    case 'mode.changed':
      return { ...base, what: 'mode', details: `${event.detector} is in ${event.mode}, by ${event.actor}`, paint: colours.magenta };
    case 'anomaly.feedback':
      return {
        ...base,
        what: 'feedback',
        details: `${event.detector} ${event.rule} ${event.change === 'given' ? 'is' : 'is no longer'} ${event.verdict.replaceAll('_', ' ')}, by ${event.actor}${event.note === undefined ? '' : `: ${event.note}`}`,
        paint: colours.magenta,
      };
    case 'breaker.opened':
      return {
        ...base,
        what: 'BREAKER',
        details: `${event.heldAgents} agents held in ${formatDuration(event.windowMs * 1000)}, limit ${event.limit}: automatic holds stop`,
        paint: colours.red,
      };
    case 'heartbeat':
      return { ...base, what: 'heartbeat', details: `${event.heartbeat.state}, seq ${event.heartbeat.lastSeq}`, paint: colours.dim };
    default:
      return { ...base, what: 'event', details: JSON.stringify(event), paint: colours.dim };
  }
}

function ackDetails({ ack }: Extract<ControlEvent, { type: 'ack' }>): string {
  const inFlight = ack.inFlight === 0 ? 'nothing in flight' : `${ack.inFlight} in flight`;
  return `epoch ${ack.epoch}, last started ${ack.lastStartedSeq}, ${inFlight}${ack.detail === undefined ? '' : `: ${ack.detail}`}`;
}
