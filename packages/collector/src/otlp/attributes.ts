import { ATTR } from '@belay/protocol';

/**
 * Attributes of other conventions and older versions that stand in for ours, and what tells them apart. Sources: OpenTelemetry
 * semantic-conventions-genai, OpenInference, OpenLLMetry (traceloop), Vercel AI SDK telemetry.
 */
const FOREIGN = {
  httpStatus: 'http.response.status_code',
  exceptionType: 'exception.type',
  exceptionMessage: 'exception.message',
  workflowName: 'gen_ai.workflow.name',

  legacyProvider: 'gen_ai.system',
  legacyInputTokens: 'gen_ai.usage.prompt_tokens',
  legacyOutputTokens: 'gen_ai.usage.completion_tokens',
  legacyEnvironment: 'deployment.environment',

  openinferenceKind: 'openinference.span.kind',
  openinferenceTool: 'tool.name',
  openinferenceInput: 'input.value',
  openinferenceOutput: 'output.value',
  openinferenceModel: 'llm.model_name',
  openinferenceProvider: 'llm.provider',
  openinferenceInputTokens: 'llm.token_count.prompt',
  openinferenceOutputTokens: 'llm.token_count.completion',
  openinferenceSession: 'session.id',
  openinferenceAgent: 'agent.name',

  traceloopKind: 'traceloop.span.kind',
  traceloopName: 'traceloop.entity.name',
  traceloopInput: 'traceloop.entity.input',
  traceloopOutput: 'traceloop.entity.output',
  traceloopRequestType: 'llm.request.type',

  vercelOperation: 'ai.operationId',
  vercelTool: 'ai.toolCall.name',
  vercelToolCallId: 'ai.toolCall.id',
  vercelArguments: 'ai.toolCall.args',
  vercelResult: 'ai.toolCall.result',
  vercelModel: 'ai.model.id',
  vercelProvider: 'ai.model.provider',
  vercelText: 'ai.response.text',
  vercelInputTokens: 'ai.usage.promptTokens',
  vercelOutputTokens: 'ai.usage.completionTokens',
  vercelFunction: 'ai.telemetry.functionId',
} as const;

/** Every attribute that the mapping knows, by the name it uses for it; what else a span carries is passed over unread. */
export const ATTRIBUTES: typeof ATTR & typeof FOREIGN = { ...ATTR, ...FOREIGN };

export type KnownAttribute = keyof typeof ATTRIBUTES;
