import { safeText } from './safe-text.ts';

/** The agents in words. Safe for a terminal. */
export function whomText(target: {
  agentId?: string | null | undefined;
  agentName?: string | null | undefined;
  environment?: string | null | undefined;
}): string {
  if (target.agentId != null) return safeText(target.agentId, 40);
  const parts = [
    ...(target.agentName == null ? [] : [`named ${safeText(target.agentName, 40)}`]),
    ...(target.environment == null ? [] : [`in ${safeText(target.environment, 40)}`]),
  ];
  return parts.length === 0 ? 'every agent' : `agents ${parts.join(' ')}`;
}
