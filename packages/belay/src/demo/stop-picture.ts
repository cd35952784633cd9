import type { StopStory } from '../client/stop-story.ts';
import { drawDelayBar, type Leg } from '../output/delay-bar.ts';
import { safeText } from '../output/safe-text.ts';
import type { Colours } from '../output/terminal.ts';
import { wrapText } from '../output/wrap-text.ts';

const BAR_CELLS = 40;

/** The stop of one agent as a small picture: its last actions, why it was stopped, and how long each leg took. */
export function drawStop(story: StopStory, lastLines: readonly string[], options: { colours: Colours; columns: number }): string[] {
  const { colours, columns } = options;
  const edge = colours.red('│');
  const width = columns - 4;
  const verb = story.hold.action === 'kill' ? 'KILLED' : 'PAUSED';
  const rule = story.anomaly === undefined ? story.hold.cause.kind : `${story.anomaly.detector} ${story.anomaly.rule}`;
  const what = `${colours.red(colours.bold(`■ ${safeText(story.agentId, 60)} ${verb}`))}  ${colours.dim(`${story.hold.scope} · ${safeText(rule, 60)}`)}`;
  const lines = [what];
  for (const line of lastLines) lines.push(`${edge} ${colours.dim(safeText(line, width))}`);
  lines.push(edge);
  for (const line of wrapText(safeText(story.anomaly?.explanation ?? story.hold.reason), width)) lines.push(`${edge} ${line}`);
  lines.push(edge);
  const [bar, legend] = drawDelayBar(legsOf(story), BAR_CELLS, colours);
  lines.push(`${edge} bad action ${bar}`, `${edge} ${legend}`);
  return lines;
}

/** bad action → detected → held → applied → confirmed; legs of which an end is unknown are left out. */
export function legsOf(story: StopStory): Leg[] {
  const marks: [string, number | undefined][] = [
    ['detected', story.detectedUs],
    ['held', story.placedUs],
    ['applied', story.acks.applied],
    ['confirmed', story.acks.confirmed],
  ];
  const legs: Leg[] = [];
  let from = story.badActionUs;
  for (const [name, at] of marks) {
    if (at === undefined) continue;
    if (from !== undefined) legs.push({ name, durationUs: Math.max(0, at - from) });
    from = at;
  }
  return legs;
}

/** Bad action (else the hold) → confirmed, µs; undefined while it is not confirmed. */
export function totalUs(story: StopStory): number | undefined {
  const end = story.acks.confirmed;
  return end === undefined ? undefined : Math.max(0, end - (story.badActionUs ?? story.placedUs));
}
