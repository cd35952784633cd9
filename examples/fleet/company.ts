// What the sample agents share: calls of the company's service, and saying what they do.
import { isActionRefusal } from '@belay/instrumentation';

const base = process.env.FLEET_SERVICE_URL ?? 'http://127.0.0.1:8080';

/** GET of the company's service. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return read<T>(await fetch(`${base}${path}`, signal === undefined ? {} : { signal }));
}

/** POST of the company's service. */
export async function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return read<T>(await fetch(`${base}${path}`, signal === undefined ? init : { ...init, signal }));
}

async function read<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return (await response.json()) as T;
}

/** One line on the terminal about what the agent just did. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A conversation id of its own for each start of the agent. */
export const conversation = (agent: string): string => `${agent}-${Date.now().toString(36)}`;

/** Does the agent's work until it is done or somebody stops it, and ends the run properly either way, also when the process is told to go. */
export async function workAs(agent: { shutdown(): Promise<void> }, work: () => Promise<unknown>): Promise<void> {
  process.once('SIGTERM', () => void agent.shutdown().then(() => process.exit(0)));
  try {
    await work();
  } catch (error) {
    const isStop = isActionRefusal(error) && (error.code === 'agent_killed' || error.code === 'agent_paused');
    if (!isStop) throw error;
    say(`stopped: ${error.message}`);
  } finally {
    await agent.shutdown();
  }
}
