import type { Hold } from '@belay/protocol';
import { ActionDeniedError, type ActionRefusal, AgentKilledError, AgentPausedError } from './refusals.ts';

const WHO = { session: 'this session', run: 'this run', agent: 'this agent' } as const;

/** The refusal that a hold means for an action. The hold's reason is shown to the model: it says what would lift it. */
export function holdRefusal(hold: Hold, action: string, mayHaveRun = false): ActionRefusal {
  const why = `${WHO[hold.scope]} is ${hold.action === 'kill' ? 'killed' : 'paused'}: ${sentence(hold.reason)}`;
  if (hold.action === 'kill') {
    const next = 'Stop now: start no further action and tell the user that an operator stopped this work.';
    return new AgentKilledError({ action, rule: `hold:${hold.id}`, why, next }, mayHaveRun);
  }
  const next = 'Do not retry in a loop: say what you were about to do and why, and wait until an operator releases the hold.';
  return new AgentPausedError({ action, rule: `hold:${hold.id}`, why, next }, mayHaveRun);
}

/** The refusal of everything after `agent.shutdown()`. */
export const endedRefusal = (action: string): ActionRefusal =>
  new ActionDeniedError({
    action,
    rule: 'run_ended',
    why: 'the run has ended (the agent was shut down).',
    next: 'Create a new agent to go on.',
  });

const sentence = (text: string): string => (/[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim() || 'no reason was given'}.`);
