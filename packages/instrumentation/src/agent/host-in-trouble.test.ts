import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateSigningKey, mintToken } from '@belay/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeCollector } from '../testing/fake-collector.test-support.ts';
import { fakeControl } from '../testing/fake-control.test-support.ts';
import { loopback } from '../testing/loopback.test-support.ts';

const HOST = join(import.meta.dirname, '../testing/host-main.test-support.ts');
const run = promisify(execFile);

interface HostReport {
  readonly seen: Record<'read' | 'write' | 'destroy', string>;
  readonly droppedSpans: number;
  readonly rss: number;
}

/** The host's requests to control are given ten minutes: one that ends within this test has not waited for them. */
async function runHost(environment: Record<string, string>): Promise<HostReport> {
  const { stdout, stderr } = await run(process.execPath, ['--conditions=belay-source', HOST], {
    env: { ...process.env, ...environment },
    timeout: 110_000,
    killSignal: 'SIGKILL',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as HostReport;
}

const token = async (): Promise<string> =>
  mintToken(await generateSigningKey(), { sub: 't', jti: 'j', iat: 1, exp: 4e9, tenant: 'acme', kind: 'agent', agents: '*' });

/** Takes connections and never answers. */
async function blackHole(): Promise<string> {
  const server: Server = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

const garbage = async (): Promise<string> =>
  (
    await loopback(
      (_request, response) =>
        void response.writeHead(200, { 'content-type': 'text/event-stream' }).end('\u0000\uffff<html>{"state":{}}\n\n'),
    )
  ).url;

const failing = async (): Promise<string> => (await loopback((_request, response) => void response.writeHead(500).end())).url;

const dropping = async (): Promise<string> => (await loopback((request) => void request.socket.destroy())).url;

/** A port where nobody listens. */
async function nobody(): Promise<string> {
  const server = await loopback(() => undefined);
  await server.close();
  return server.url;
}

describe('a host whose collector and control are', () => {
  it.each([
    ['down', nobody],
    ['black holes', blackHole],
    ['answering garbage', garbage],
    ['answering 500', failing],
    ['dropping connections', dropping],
  ])(
    '%s: reads and writes go on, destructive actions stop, nothing unexpected is thrown, its end waits for nobody',
    async (_what, start) => {
      const url = await start();
      const report = await runHost({ BELAY_ENDPOINT: url, BELAY_CONTROL_ENDPOINT: url, BELAY_TOKEN: await token() });
      expect(report.seen).toEqual({ read: 'ran', write: 'ran', destroy: 'fail_mode:no_first_state' });
    },
  );

  it('well: everything runs, and an open stream to control does not keep the process alive', async () => {
    const [collector, control] = [await fakeCollector(), await fakeControl('host')];
    const report = await runHost({
      BELAY_ENDPOINT: collector.url,
      BELAY_CONTROL_ENDPOINT: control.url,
      BELAY_TOKEN: control.token,
      HOST_PATIENT: 'yes',
    });
    expect(report.seen).toEqual({ read: 'ran', write: 'ran', destroy: 'ran' });
    expect(collector.named('execute_tool')).toHaveLength(3);
    expect(control.heartbeats.length).toBeGreaterThan(0);
  });

  it('not configured: it runs unprotected, and nothing irreversible runs unrecorded', async () => {
    const report = await runHost({ BELAY_ENDPOINT: await nobody(), BELAY_TOKEN: '' });
    expect(report.seen).toEqual({ read: 'ran', write: 'ran', destroy: 'fail_mode:unrecorded' });
  });

  it('unprotected with a collector: everything runs, and the last spans are delivered at the end', async () => {
    const collector = await fakeCollector();
    const report = await runHost({ BELAY_ENDPOINT: collector.url, BELAY_TOKEN: '', HOST_PATIENT: 'yes' });
    expect(report.seen).toEqual({ read: 'ran', write: 'ran', destroy: 'ran' });
    expect(collector.named('execute_tool')).toHaveLength(3);
  });

  it('away while it makes 20,000 calls: memory stays bounded and what is dropped is counted', async () => {
    const url = await blackHole();
    const report = await runHost({ BELAY_ENDPOINT: url, BELAY_CONTROL_ENDPOINT: url, BELAY_TOKEN: await token(), HOST_READS: '20000' });
    expect(report.droppedSpans).toBeGreaterThan(17_000);
    expect(report.rss).toBeLessThan(400_000_000);
  });
});
