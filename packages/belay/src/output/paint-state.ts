import type { Colours } from './terminal.ts';

/** A run state in the colour that says whether to worry. */
export function paintState(state: string, colours: Colours): string {
  switch (state) {
    case 'running':
      return colours.green(state);
    case 'pausing':
    case 'paused':
    case 'waiting':
      return colours.yellow(state);
    case 'killing':
    case 'killed':
    case 'lost':
      return colours.red(state);
    default:
      return colours.dim(state);
  }
}
