import type { DetectorMode, Json } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import { BlastRadius } from '../respond/blast-radius.ts';
import type { ModeOverride } from './agent-state.ts';

/** What a partition knows about one tenant. */
export interface Tenant {
  /** Agents of it seen on this partition, probes apart. */
  agents: number;
  readonly modes: Map<string, ModeOverride>;
  readonly blastRadius: BlastRadius;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function packTenants(tenants: ReadonlyMap<string, Tenant>): Uint8Array {
  const rows: Json = [...tenants].map(([name, t]) => [
    name,
    t.agents,
    [...t.modes].map(([detector, { mode, atUs }]) => [detector, mode, atUs]),
    t.blastRadius.snapshot(),
  ]);
  return encoder.encode(JSON.stringify(rows));
}

/** @throws SyntaxError or TypeError when the bytes are not what {@link packTenants} wrote. */
export function unpackTenants(bytes: Uint8Array, config: DetectorConfig): Map<string, Tenant> {
  const rows = JSON.parse(decoder.decode(bytes)) as [string, number, [string, DetectorMode, number][], Json][];
  return new Map(
    rows.map(([name, agents, modes, held]) => {
      const blastRadius = new BlastRadius(config.breakerWindowSeconds * 1e6);
      blastRadius.restore(held);
      return [name, { agents, modes: new Map(modes.map(([detector, mode, atUs]) => [detector, { mode, atUs }])), blastRadius }];
    }),
  );
}
