import { conversationConfigSchema } from './conversation-config.ts';

/** `conversation_loop`, beside the registry: it watches trees of agents, not one agent (docs/detectors/conversation_loop.md). */
export const CONVERSATION_DETECTOR = {
  id: 'conversation_loop',
  version: 1,
  stability: 'beta',
  configSchema: conversationConfigSchema,
} as const;
