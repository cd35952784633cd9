import { CANARY_AGENT } from '../canary/canary-agent.ts';
import { messageOf } from '../cli-error.ts';
import type { Connection } from '../client/connection.ts';
import type { OperatorClient } from '../client/operator-client.ts';
import { agentsSchema, type BreakerView, breakerSchema } from '../client/platform-views.ts';
import type { ProcessStatus } from '../client/process-status.ts';
import { BREAKER_MEND, breakerText } from '../output/breaker-text.ts';
import { formatDuration } from '../output/duration.ts';
import { type CheckResult, ok, problem, skipped, warning } from './check.ts';

const SKEW_WARNING_US = 2_000_000;
const LAG_WARNING = 1_000;

/** Does a service answer, and does it say that it is ready? Also compares its clock with ours. */
export async function checkService(name: string, url: string): Promise<CheckResult[]> {
  const before = Date.now();
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) });
    const after = Date.now();
    const body = (await response.text()).slice(0, 200).replaceAll(/\s+/g, ' ');
    const results = [
      response.ok
        ? ok(name, `ready at ${url}`)
        : problem(name, `${url} answers, but is not ready: HTTP ${response.status} ${body}`, 'Its log says which part it waits for.'),
    ];
    const skew = skewOf(response.headers.get('date'), before, after);
    return skew === undefined ? results : [...results, checkSkew(name, skew)];
  } catch (error) {
    return [
      problem(
        name,
        `${url} does not answer: ${messageOf(error)}`,
        'Start it with "belay up"; is the port right, is a proxy or firewall between?',
      ),
    ];
  }
}

/** HTTP dates have whole seconds: within those, nothing is known. */
function skewOf(date: string | null, before: number, after: number): number | undefined {
  const theirs = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return undefined;
  if (theirs + 1000 < before) return (before - theirs - 1000) * 1000;
  return theirs > after ? (theirs - after) * 1000 : 0;
}

function checkSkew(name: string, skewUs: number): CheckResult {
  if (skewUs < SKEW_WARNING_US) return ok(`clock of ${name}`, 'agrees with this machine');
  return warning(
    `clock of ${name}`,
    `differs by about ${formatDuration(skewUs)}`,
    'Synchronise both machines (NTP): tokens and delays depend on it.',
  );
}

/** Does control take our token, and how are the agents? */
export async function checkOperatorPlane(client: OperatorClient, nowUs: number): Promise<CheckResult[]> {
  try {
    const parsed = agentsSchema.safeParse(await client.get('/v1/agents?limit=1000'));
    if (!parsed.success)
      return [
        problem('operator plane', 'control answers, but not as this version expects', 'Use the same version of belay and of the platform.'),
      ];
    const agents = parsed.data.agents.filter(({ agentId }) => agentId !== CANARY_AGENT);
    const breaker = checkBreaker(breakerSchema.safeParse(await client.get('/v1/detectors')).data?.breaker, nowUs);
    // The canary of a platform that was killed in the middle of a trip cannot acknowledge any more; the canary's own check says how the loop is.
    const unconfirmed = agents.filter(({ obedience }) => obedience === 'unconfirmed').map(({ agentId }) => agentId);
    const plane = ok('operator plane', `control takes the token; ${agents.length} agents known`);
    if (unconfirmed.length === 0) return [plane, ...breaker];
    return [
      plane,
      ...breaker,
      problem(
        'obedience',
        `owe an acknowledgement: ${unconfirmed.slice(0, 5).join(', ')}`,
        'Are they still running? End their processes if they do not obey.',
      ),
    ];
  } catch (error) {
    const hint = error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : 'See the line above.';
    return [problem('operator plane', messageOf(error), hint)];
  }
}

/** Automatic holds that are refused are the one thing an operator must hear of at once. */
function checkBreaker(breaker: BreakerView | undefined, nowUs: number): CheckResult[] {
  if (breaker === undefined) return [];
  if (breaker.isOpen) return [problem('breaker', `automatic holds have stopped: ${breakerText(breaker, nowUs)}`, BREAKER_MEND)];
  return [ok('breaker', `${breaker.heldAgents} of at most ${breaker.limit} agents held automatically lately`)];
}

/** Engines, lag and the canary, as the process itself tells. */
export function checkProcess(status: ProcessStatus | undefined, { platform }: Pick<Connection, 'platform'>): CheckResult[] {
  if (status === undefined) {
    if (platform === undefined) return [skipped('process', 'no platform was started from this data folder')];
    return [
      warning('process', `the process ${platform.pid} that was started here does not answer`, `Is it gone? Its log: ${platform.log}`),
    ];
  }
  const engines = Object.entries(status.health).map(([part, isHealthy]) =>
    isHealthy
      ? ok(part, `${status.engines[part]} is well`)
      : problem(
          part,
          `${status.engines[part]} does not answer`,
          'Start it, or look into its log; Belay goes on by itself when it is back.',
        ),
  );
  return [...engines, ...Object.entries(status.lag).map(checkLag), checkCanary(status)];
}

function checkLag([group, lag]: [string, number]): CheckResult {
  if (lag < LAG_WARNING) return ok(`lag of ${group}`, `${lag} messages`);
  return warning(
    `lag of ${group}`,
    `${lag} messages behind`,
    'If it grows, the machine is too small or an engine is slow: see the metrics page.',
  );
}

function checkCanary({ canary }: ProcessStatus): CheckResult {
  if (canary === undefined) return skipped('canary', 'switched off, or not in this process');
  if (canary.state === 'broken')
    return problem(
      'canary',
      `the loop is broken: ${canary.problem ?? 'unknown'}`,
      'Agents cannot be stopped. The lines above say which part is away; else restart the platform.',
    );
  if (canary.last === undefined) return warning('canary', 'not back yet', 'Look again in half a minute.');
  return ok(
    'canary',
    `decision → confirmed pause in ${formatDuration(canary.last.confirmedUs)}, ${canary.trips} trips, ${canary.failures} failed`,
  );
}
