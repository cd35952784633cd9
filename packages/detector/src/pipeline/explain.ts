import type { DetectorMode } from '@belay/protocol';
import type { Finding } from '../detectors/detector.ts';
import type { Responded } from '../respond/respond.ts';
import type { Occasion } from './occasion.ts';

/** As long as the reason of a hold may be: whoever is held reads the whole sentence. */
const EXPLANATION_MAX = 1_024;

/** The detector's sentence, then what Belay did about it and what a person can do. */
export function explain(
  on: Occasion,
  finding: Finding,
  { mode, responded, id }: { mode: DetectorMode; responded: Responded; id: string },
): string {
  const did = `${deedOf(finding, mode, responded)} ${adviceOf(on, responded, id)}`;
  return `${plain(finding.explanation.slice(0, EXPLANATION_MAX - did.length - 1))} ${did}`;
}

/** Names in it are of the agent's making: none may break the line, hide or turn round what people read (chat, mail, terminal). */
const plain = (text: string): string =>
  text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: replacing them is the point
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu, '\ufffd');

function deedOf({ scope }: Finding, mode: DetectorMode, { response, suppressed }: Responded): string {
  if (response === 'kill') return `Belay kills this ${scope === 'session' ? 'run' : scope}.`;
  if (response === 'pause') return `Belay pauses this ${scope}.`;
  switch (suppressed) {
    case 'stale':
      return 'Belay only tells: this was too old to act on when it was judged.';
    case 'breaker':
      return 'Belay only tells: so many agents are held already that a person must decide (breaker).';
    case 'accepted':
      return 'Belay only records it: a person or the configuration accepts this.';
    case 'cooldown':
      return 'Belay only records it: the first of this kind has been answered.';
    default:
      return mode === 'shadow'
        ? 'Belay only records it (mode shadow).'
        : mode === 'warn'
          ? 'Belay only tells (mode warn).'
          : 'Belay only tells.';
  }
}

function adviceOf({ agentId }: Occasion, { response, suppressed }: Responded, id: string): string {
  const anomaly = id.slice(0, 19);
  if (response === 'pause')
    return `Sort it out, then: belay resume ${agentId}. If this is as it should be: belay feedback ${anomaly} expected.`;
  if (response === 'kill') return `A new run may start once it is lifted: belay holds ${agentId}.`;
  if (suppressed === 'accepted') return `To be asked again: belay feedback ${anomaly} --undo.`;
  return `To stop it: belay pause ${agentId}. If this is as it should be: belay feedback ${anomaly} expected.`;
}
