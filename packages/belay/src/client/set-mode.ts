import type { ModeSetting } from '@belay/protocol';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { whomText } from '../output/whom-text.ts';
import type { OperatorClient } from './operator-client.ts';
import { modeSetSchema, readAnswer } from './platform-views.ts';

/** Whom a mode is for, as the command line is told. */
export interface ModeTarget {
  readonly agent?: string | undefined;
  readonly name?: string | undefined;
  readonly environment?: string | undefined;
}

export interface ModeWish {
  /** Undefined = every one. */
  readonly detector: string | undefined;
  readonly mode: ModeSetting;
  readonly target: ModeTarget;
  readonly force?: boolean | undefined;
  readonly reason?: string | undefined;
}

/** What control set, and the backtest that allowed it. */
export interface ModeSet {
  readonly detectors: readonly string[];
  readonly mode: string;
  readonly backtestId?: string | null | undefined;
}

/** Sets a mode. @throws CliError with the way out when it needs a backtest and there is none. */
export async function setMode(client: OperatorClient, wish: ModeWish): Promise<ModeSet> {
  const { detector, mode, target, force, reason } = wish;
  if (force === true && reason === undefined)
    throw new CliError(EXIT.usage, 'Forcing a mode needs a reason: it is audited.', { hint: 'Add --reason "…".' });
  if (target.agent !== undefined && (target.name !== undefined || target.environment !== undefined))
    throw new CliError(EXIT.usage, 'Give one agent with --agent, or labels with --name and --environment, not both.');
  const body = {
    mode,
    ...(target.agent === undefined ? {} : { agentId: target.agent }),
    ...(target.name === undefined ? {} : { agentName: target.name }),
    ...(target.environment === undefined ? {} : { environment: target.environment }),
    ...(force === true ? { force, reason } : {}),
  };
  return readAnswer(modeSetSchema, await client.post(`/v1/detectors/${encodeURIComponent(detector ?? 'all')}/mode`, body), 'the mode');
}

export const targetText = ({ agent, name, environment }: ModeTarget): string => whomText({ agentId: agent, agentName: name, environment });
