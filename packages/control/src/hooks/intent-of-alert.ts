import { type HoldAction, isAgentId, matchesPattern, vocabulary } from '@belay/protocol';
import type { AlertSource } from '../config.ts';
import type { Alert } from './alert-payload.ts';

/** Label or annotation with the agent's id. One alert names one agent: ids may contain commas, so a list could only be guessed at. */
const AGENT_LABEL = 'belay_agent_id';
/** Label or annotation with what to do: pause (default) or kill. */
const ACTION_LABEL = 'belay_action';

export type AlertIntent =
  | { readonly kind: 'act'; readonly agentId: string; readonly action: HoldAction }
  | { readonly kind: 'ignored'; readonly detail: string }
  | { readonly kind: 'refused'; readonly agentId?: string; readonly detail: string };

/** What an alert asks for, and whether its source may. The label wins over the annotation. */
export function intentOfAlert(alert: Alert, allow: AlertSource['allow']): AlertIntent {
  const agentId = named(alert, AGENT_LABEL);
  if (agentId === undefined) return { kind: 'ignored', detail: `The alert has neither a label nor an annotation ${AGENT_LABEL}.` };
  if (!isAgentId(agentId)) return { kind: 'refused', detail: `${AGENT_LABEL} must be 1–256 bytes of UTF-8 without control characters.` };
  const action = named(alert, ACTION_LABEL) ?? 'pause';
  if (!isAction(action)) return { kind: 'refused', agentId, detail: `${ACTION_LABEL} must be pause or kill.` };
  if (!allow.actions.includes(action))
    return { kind: 'refused', agentId, detail: `This source may not ${action}; it may: ${allow.actions.join(', ')}.` };
  if (!allow.agents.some((pattern) => matchesPattern(pattern, agentId)))
    return { kind: 'refused', agentId, detail: 'This source may not hold this agent.' };
  return { kind: 'act', agentId, action };
}

const isAction = (text: string): text is HoldAction => (vocabulary.HOLD_ACTIONS as readonly string[]).includes(text);

function named(alert: Alert, name: string): string | undefined {
  const value = (alert.labels[name] ?? alert.annotations[name])?.trim();
  return value === undefined || value === '' ? undefined : value;
}

const LINK_MAX = 2_048;
const REASON_MAX = 600;

/** The alert's page, when it is a web address. */
export function linkOfAlert(alert: Alert): string | undefined {
  const url = alert.generatorURL;
  if (url === undefined || url.length > LINK_MAX || !URL.canParse(url)) return undefined;
  return /^https?:$/.test(new URL(url).protocol) ? url : undefined;
}

/** What the agent's model and people are told: the alert's name and summary, as one line. */
export function reasonOfAlert(alert: Alert, sourceName: string): string {
  const name = alert.labels.alertname ?? alert.fingerprint;
  const summary = alert.annotations.summary ?? alert.annotations.description ?? '';
  const text = `Alert ${JSON.stringify(name)} of ${sourceName} fires${summary === '' ? '' : `: ${summary}`}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: replacing them is the point
  return `${text.replaceAll(/[\u0000-\u001f\u007f]+/g, ' ').slice(0, REASON_MAX)} (lifted when the alert resolves)`;
}
