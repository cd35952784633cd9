import { BelayError, type OperatorRole, vocabulary } from '@belay/protocol';
import { z } from 'zod';
import type { ControlSettings } from '../config.ts';
import { changeMode, type ModeScope } from '../ledger/detector-modes.ts';
import { judgePromotion, type LeastEvidence, type PromotionVerdict } from '../ledger/promotion.ts';
import type { Work } from '../ledger/work.ts';
import type { Services } from '../services.ts';
import type { Principal } from './authenticate.ts';
import { type Call, defineCall } from './call.ts';
import { runningConfigOf } from './running-config.ts';

const OPERATORS: readonly OperatorRole[] = ['operator', 'admin'];
const setting = z.enum(vocabulary.MODE_SETTINGS);

const modeBody = z.strictObject({
  mode: setting.describe('default = take back what was set for the same agents'),
  agentId: z.string().min(1).max(256).optional().describe('only this agent; not together with a label'),
  agentName: z.string().min(1).max(256).optional().describe('agents whose name matches this glob'),
  environment: z.string().min(1).max(64).optional().describe('agents whose environment matches this glob'),
  force: z.boolean().default(false).describe('raise it without a backtest of the configuration that runs; needs a reason'),
  reason: z.string().trim().min(1).max(1024).optional().describe('why it is forced; audited'),
});
type ModeBody = z.output<typeof modeBody>;

const mode = defineCall({
  id: 'setDetectorMode',
  method: 'POST',
  path: '/v1/detectors/{detectorId}/mode',
  plane: 'operator',
  roles: OPERATORS,
  summary:
    'Set a detector to shadow, warn, enforce or default, for one agent, for agents by label, or for all; the detector id "all" means every one. Raising a mode needs a recorded backtest of the configuration that runs, over enough time and decisions (409 without one).',
  params: z.object({ detectorId: z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/) }),
  body: modeBody,
  responses: {
    200: {
      description: 'told to the detectors',
      schema: z.object({
        detectors: z.array(z.string()),
        mode: setting,
        agentId: z.string().nullable(),
        agentName: z.string().nullable(),
        environment: z.string().nullable(),
        backtestId: z.string().nullable().describe('the backtest that allowed it; null when none was needed, or it was forced'),
      }),
    },
  },
  handling: {
    kind: 'change',
    handle: async (services, { params, body, principal }, work) => {
      const scope = scopeOf(body);
      const detectors = detectorsNamed(params.detectorId, services.settings.detectors);
      let backtestId: string | null = null;
      for (const detector of detectors) {
        const allowedBy = await permit(services, work, { detector, body, scope, principal });
        await set(work, { detector, body, scope, principal }, allowedBy);
        backtestId = allowedBy ?? backtestId;
      }
      const { agentId = null, agentName = null, environment = null } = body;
      return { status: 200, body: { detectors, mode: body.mode, agentId, agentName, environment, backtestId } };
    },
  },
});

function scopeOf({ agentId, agentName, environment, force, reason }: ModeBody): ModeScope {
  if (agentId !== undefined && (agentName !== undefined || environment !== undefined))
    throw new BelayError('bad_request', 'Give one agent (agentId), or labels (agentName, environment), not both.');
  if (agentId === '*') throw new BelayError('bad_request', 'Leave agentId out to mean every agent.');
  if (force && reason === undefined) throw new BelayError('bad_request', 'Forcing a mode needs a reason: it is audited.');
  return { agentId, agentName, environment };
}

interface Wish {
  readonly detector: string;
  readonly body: ModeBody;
  readonly scope: ModeScope;
  readonly principal: Principal;
}

/** @returns the backtest that allows it. @throws BelayError `conflict` when one is needed and there is none. */
async function permit(services: Services, work: Work, { detector, body, scope, principal: { tenant } }: Wish): Promise<string | undefined> {
  if (body.force) return undefined;
  const running = runningConfigOf(services.detectorStatus?.());
  const least = leastEvidenceOf(services.settings);
  const verdict = await judgePromotion(work, { tenant, detector, mode: body.mode, scope, running, least });
  if ('refused' in verdict) throw new BelayError('conflict', refusalOf({ detector, wanted: body.mode, least }, verdict));
  return verdict.allowed === 'backtest' ? verdict.backtest.id : undefined;
}

/** What a backtest must cover to allow a promotion, as it is set. */
export const leastEvidenceOf = (settings: ControlSettings): LeastEvidence => ({
  spanMs: settings.promotionMinSpanMs,
  decisions: settings.promotionMinDecisions,
});

function refusalOf(
  { detector, wanted, least }: { readonly detector: string; readonly wanted: string; readonly least: LeastEvidence },
  verdict: Extract<PromotionVerdict, { refused: string }>,
): string {
  const how = `"belay backtest --history --mode ${detector}=${wanted} --record" (with --config FILE, if the detectors run with one) shows and records what it would have paused`;
  const force = 'or force it with a reason, which is audited';
  if (verdict.refused === 'no_detectors_in_reach')
    return `Raising ${detector} to ${wanted} needs a backtest of the configuration that runs, and no detector runs in this control's reach to say which that is: promote through the process that runs it, ${force}.`;
  if (verdict.refused === 'too_little') {
    const { until_us, from_us, decisions } = verdict.backtest;
    const span = `${minutesOf((until_us - from_us) / 1000)} minutes`;
    return `Raising ${detector} from ${verdict.from} to ${wanted} needs a backtest over at least ${minutesOf(least.spanMs)} minutes and ${least.decisions} decisions, and the newest that was recorded covers ${span} and ${decisions} decisions: too little to show what it would pause. Record one of more ("belay backtest --history --since 7d --mode ${detector}=${wanted} --record"), ${force}.`;
  }
  return `Raising ${detector} from ${verdict.from} to ${wanted} needs a recorded backtest of the configuration that runs (${verdict.digest.slice(0, 19)}…), and ${FOUND[verdict.found]}. ${how}; ${force}.`;
}

const minutesOf = (ms: number): number => Math.floor(ms / 6_000) / 10;

const FOUND = {
  none: 'none was recorded yet',
  other_config: 'those that were recorded are of another configuration or version',
  lower_mode: 'those that were recorded ran it in a lower mode',
} as const;

async function set(work: Work, { detector, body, scope, principal: { tenant, sub } }: Wish, backtestId: string | undefined): Promise<void> {
  const result = await changeMode(work, {
    tenant,
    detector,
    mode: body.mode,
    scope,
    actor: sub,
    reason: body.force ? body.reason : undefined,
    backtestId,
  });
  if (result.outcome === 'unknown_agent')
    throw new BelayError('not_found', `No agent ${JSON.stringify(scope.agentId)} is known to this tenant.`);
  if (result.outcome === 'too_many')
    throw new BelayError(
      'conflict',
      `${result.set} modes are set already; take some back with "default", or use labels instead of agents.`,
    );
}

function detectorsNamed(id: string, known: readonly string[]): readonly string[] {
  if (id === 'all' && known.length > 0) return known;
  if (id !== 'all' && (known.length === 0 || known.includes(id))) return [id];
  throw new BelayError(
    'not_found',
    known.length === 0
      ? 'Control was not told which detectors exist; name one.'
      : `There is no detector ${id}. There are: ${known.join(', ')}.`,
  );
}

/** What operators may do with modes. */
export const modeCalls: readonly Call[] = [mode];
