import type { Json } from '@belay/protocol';
import type { DetectorConfig } from '../config.ts';
import { BlastRadius } from '../respond/blast-radius.ts';
import { FleetPriors } from './fleet-priors.ts';
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

/** What concerns a whole partition, as bytes for a checkpoint. */
export function packPartition(tenants: ReadonlyMap<string, Tenant>, priors: FleetPriors): Uint8Array {
  const rows: Json = [...tenants].map(([name, t]) => [name, t.agents, t.modes.snapshot(), t.blastRadius.snapshot()]);
  return encoder.encode(JSON.stringify({ v: 2, tenants: rows, priors: priors.snapshot() }));
}

/** @throws SyntaxError or TypeError when the bytes are not what {@link packPartition} wrote. */
export function unpackPartition(bytes: Uint8Array, config: DetectorConfig): { tenants: Map<string, Tenant>; priors: FleetPriors } {
  const packed = JSON.parse(decoder.decode(bytes)) as { tenants: [string, number, Json, Json][]; priors: Json };
  const priors = new FleetPriors();
  priors.restore(packed.priors);
  const tenants = packed.tenants.map(([name, agents, modes, held]): [string, Tenant] => {
    const blastRadius = new BlastRadius(config.breakerWindowSeconds * 1e6);
    blastRadius.restore(held);
    const labelled = new LabelledModes();
    labelled.restore(modes);
    return [name, { agents, modes: labelled, blastRadius }];
  });
  return { tenants: new Map(tenants), priors };
}
