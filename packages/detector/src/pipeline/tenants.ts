import type { Json } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import { BlastRadius } from '../respond/blast-radius.ts';
import { LabelledModes } from './labelled-modes.ts';

/** What a partition knows about one tenant. */
export interface Tenant {
  /** Agents of it seen on this partition, probes apart. */
  agents: number;
  readonly modes: LabelledModes;
  readonly blastRadius: BlastRadius;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a partition knows about its tenants, as bytes for a checkpoint. */
export function packTenants(tenants: ReadonlyMap<string, Tenant>): Uint8Array {
  const rows: Json = [...tenants].map(([name, t]) => [name, t.agents, t.modes.snapshot(), t.blastRadius.snapshot()]);
  return encoder.encode(JSON.stringify({ v: 3, tenants: rows }));
}

/** @throws SyntaxError or TypeError when the bytes are not what {@link packTenants} wrote. */
export function unpackTenants(bytes: Uint8Array, config: DetectorConfig): Map<string, Tenant> {
  const packed = JSON.parse(decoder.decode(bytes)) as { tenants: [string, number, Json, Json][] };
  return new Map(
    packed.tenants.map(([name, agents, modes, held]): [string, Tenant] => {
      const blastRadius = new BlastRadius(config.breakerWindowSeconds * 1e6);
      blastRadius.restore(held);
      const labelled = new LabelledModes();
      labelled.restore(modes);
      return [name, { agents, modes: labelled, blastRadius }];
    }),
  );
}
