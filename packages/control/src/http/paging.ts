import { z } from 'zod';

/** How many rows a list answers with. */
export const limitQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });
export const agentFilter = limitQuery.extend({ agentId: z.string().max(256).optional() });
