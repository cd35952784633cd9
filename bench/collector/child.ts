// The collector alone in a process, so that its CPU time is its own. Arguments: `embedded` or a Kafka bootstrap address.
// Prints one JSON line { url, token } when it is ready; ends on TERM.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createEmbeddedBus, createKafkaBus } from '@belay/bus';
import { createCollector } from '@belay/collector';
import { createTokenVerifier, generateSigningKey, mintToken, publicJwks, systemClock } from '@belay/protocol';
import { pino } from 'pino';

const [log = 'embedded'] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'belay-bench-'));
const bus: Bus =
  log === 'embedded'
    ? await createEmbeddedBus({ path: join(folder, 'log.db'), clock: systemClock })
    : await createKafkaBus({ brokers: [log], clientId: 'bench-collector', clock: systemClock });
await bus.ensureTopics();

const key = await generateSigningKey();
const collector = await createCollector(
  { port: 0, mapping: { hashKey: new Uint8Array(32).fill(1) } },
  {
    bus,
    tokens: createTokenVerifier({ jwks: publicJwks(key), clock: systemClock }),
    clock: systemClock,
    logger: pino({ level: 'warn' }, process.stderr),
  },
);
const nowS = Math.floor(systemClock.nowUs() / 1e6);
const token = await mintToken(key, {
  sub: 'bench',
  jti: 'bench',
  iat: nowS,
  exp: nowS + 3600,
  tenant: 'bench',
  kind: 'agent',
  agents: '*',
});
process.stdout.write(`${JSON.stringify({ url: collector.url, token })}\n`);

process.once('SIGTERM', async () => {
  await collector.stop();
  await bus.close();
  await rm(folder, { recursive: true, force: true });
  process.exit(0);
});
