import pc from 'picocolors';

/** The eight ways this command line colours text; the identity when colours are off. */
export interface Colours {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly blue: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly magenta: (text: string) => string;
}

/** Where a command writes: standard output is the result, standard error is talk. */
export interface Terminal {
  readonly colours: Colours;
  /** True when a person watches standard output. */
  readonly isInteractive: boolean;
  readonly columns: number;
  /** One line of the result. */
  line(text?: string): void;
  /** One line of talk: progress, hints, warnings. */
  note(text: string): void;
  /** A machine-readable result: one JSON document, or one per line when called again. */
  json(value: unknown): void;
}

export interface TerminalStreams {
  readonly out: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly err: { write(text: string): unknown };
}

/** NO_COLOR (https://no-color.org) wins, then FORCE_COLOR, then whether standard output is a terminal. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTty: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return isTty && env.TERM !== 'dumb';
}

export function createTerminal(streams: TerminalStreams, env: Readonly<Record<string, string | undefined>>): Terminal {
  const isTty = streams.out.isTTY === true;
  return {
    colours: pc.createColors(wantsColour(env, isTty)),
    isInteractive: isTty,
    columns: Math.max(60, Math.min(streams.out.columns ?? 120, 160)),
    line: (text = '') => void streams.out.write(`${text}\n`),
    note: (text) => void streams.err.write(`${text}\n`),
    json: (value) => void streams.out.write(`${JSON.stringify(value)}\n`),
  };
}
