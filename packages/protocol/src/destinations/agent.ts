const ID: RegExp = /^[\p{L}\p{N}][\p{L}\p{N}\p{M} _.:/@-]{0,127}$/u;
const HAND_OVER: RegExp =
  /^(?:transfer|hand_?off|hand_over|handover|delegate|escalate|route)_(?:task_|work_|conversation_|call_)?to_(.{1,128})$/i;

/** `agent:<id>` for the value of an argument that names an agent. */
export const agentOf = (value: string): string | undefined => (ID.test(value) ? `agent:${value.trim()}` : undefined);

/** The agent that a tool's name hands over to: `transfer_to_billing_agent`. */
export function agentOfTool(tool: string): string | undefined {
  const to = tool.length > 256 ? undefined : HAND_OVER.exec(tool)?.[1];
  return to === undefined ? undefined : agentOf(to);
}
