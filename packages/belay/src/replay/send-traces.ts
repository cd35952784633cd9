import { setTimeout as sleep } from 'node:timers/promises';
import { CliError, messageOf } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

/** What the collector made of one request. */
export type SendResult =
  | { readonly kind: 'accepted'; readonly rejectedSpans: number; readonly message: string | undefined }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string };

export interface SendTarget {
  readonly collector: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
  /** Told once per export that takes longer than {@link SAY_AFTER_MS}, with what is waited for. */
  readonly onWaiting?: (why: string) => void;
}

/** Silence longer than this looks like a hang. */
const SAY_AFTER_MS = 2_000;
const GIVE_UP_MS = 60_000;
const TIMEOUT_MS = 15_000;

/**
 * Posts one export and waits for the log's acknowledgement. 429, 503 and a lost connection are tried again, as the server asks, for a minute.
 * @throws CliError when the token is refused, or the collector stays away.
 */
export async function sendTraces(body: string, target: SendTarget): Promise<SendResult> {
  let why = 'no answer yet';
  const say = setTimeout(() => target.onWaiting?.(why), SAY_AFTER_MS);
  try {
    return await sendUntilTaken(body, target, (reason) => {
      why = reason;
    });
  } finally {
    clearTimeout(say);
  }
}

async function sendUntilTaken(body: string, target: SendTarget, onRefused: (why: string) => void): Promise<SendResult> {
  const giveUpAt = performance.now() + GIVE_UP_MS;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await postOnce(body, target);
    if (answer.kind !== 'again') return answer;
    onRefused(answer.why);
    if (performance.now() + answer.waitMs > giveUpAt) {
      throw new CliError(EXIT.unreachable, `The collector at ${target.collector} did not take the data for a minute: ${answer.why}.`, {
        hint: 'Start it ("belay up") or give its address with --collector URL. What was sent is safe: sending the file again changes nothing.',
      });
    }
    await sleep(Math.max(answer.waitMs, Math.min(100 * 2 ** attempt, 2_000)), undefined, { signal: target.signal });
  }
}

type Answer = SendResult | { readonly kind: 'again'; readonly waitMs: number; readonly why: string };

async function postOnce(body: string, target: SendTarget): Promise<Answer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${target.collector}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(target.token === undefined ? {} : { authorization: `Bearer ${target.token}` }) },
      body,
      signal: AbortSignal.any([target.signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    // A connection lost in the middle of the answer is one that is tried again as well.
    text = (await response.text()).slice(0, 65_536);
  } catch (error) {
    if (target.signal.aborted) throw error;
    return { kind: 'again', waitMs: 0, why: messageOf(error) };
  }
  if (response.status === 429 || response.status === 502 || response.status === 503 || response.status === 504) {
    return { kind: 'again', waitMs: retryAfterMs(response), why: `HTTP ${response.status}` };
  }
  if (response.status === 401 || response.status === 403) throw refusedToken(response.status, text);
  return response.ok ? accepted(text) : { kind: 'refused', status: response.status, message: firstLine(text) };
}

const retryAfterMs = (response: Response): number => Math.max(0, Number(response.headers.get('retry-after') ?? '0') || 0) * 1000;

const refusedToken = (status: number, text: string): CliError =>
  new CliError(EXIT.refused, `The collector refused the token (HTTP ${status}): ${firstLine(text)}`, {
    hint: 'Replay needs an agent token for the agents in the file: belay token agent --agents "*" > agent.token, then --agent-token agent.token.',
  });

/** OTLP partial success, as the specification has it (`partialSuccess.rejectedSpans`, a number in a string). */
function accepted(text: string): SendResult {
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: { rejectedSpans?: string | number; errorMessage?: string } };
    return { kind: 'accepted', rejectedSpans: Number(partialSuccess?.rejectedSpans ?? 0) || 0, message: partialSuccess?.errorMessage };
  } catch {
    return { kind: 'accepted', rejectedSpans: 0, message: undefined };
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0]?.slice(0, 300) ?? '';
