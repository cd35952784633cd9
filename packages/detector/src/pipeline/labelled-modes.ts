import { type DetectorMode, type Json, type ModeSetting, matchesPattern } from '@belay/protocol';
import type { ModeOverride } from './agent-state.ts';
import type { AgentIdentity } from './occasion.ts';

/** Settings of one tenant that a partition keeps; control accepts fewer. The oldest beyond it are forgotten. */
const SETTINGS_MAX = 512;

/** For which detector and which agents a setting is: globs over name and environment, absent = any. */
interface Label {
  readonly detector: string;
  readonly agentName?: string | undefined;
  readonly environment?: string | undefined;
}

interface Setting extends Label, ModeOverride {}

/** Modes that operators set for the agents of a tenant by label: one per detector, name glob and environment glob. */
export class LabelledModes {
  #settings = new Map<string, Setting>();

  /** The newest setting of a label replaces the one before; `default` takes it back. */
  set({ detector, agentName, environment }: Label, setting: ModeSetting, atUs: number): void {
    const key = JSON.stringify([detector, agentName ?? null, environment ?? null]);
    this.#settings.delete(key);
    if (setting === 'default') return;
    this.#settings.set(key, { detector, agentName, environment, mode: setting, atUs });
    const oldest = this.#settings.keys().next().value;
    if (this.#settings.size > SETTINGS_MAX && oldest !== undefined) this.#settings.delete(oldest);
  }

  /** Settings that concern a detector at work on this agent. An agent without a name or an environment matches no glob of it. */
  of(detector: string, who: AgentIdentity): ModeOverride[] {
    if (this.#settings.size === 0) return [];
    return [...this.#settings.values()].filter(
      (one) =>
        (one.detector === detector || one.detector === '*') && isIn(one.agentName, who.agentName) && isIn(one.environment, who.environment),
    );
  }

  snapshot(): Json {
    return [...this.#settings.values()].map(({ detector, mode, atUs, agentName, environment }) => [
      detector,
      mode,
      atUs,
      agentName ?? null,
      environment ?? null,
    ]);
  }

  /** Takes also the rows of an earlier version, which end after the time. */
  restore(state: Json): void {
    for (const [detector, mode, atUs, agentName, environment] of state as unknown as Row[])
      this.set({ detector, agentName: agentName ?? undefined, environment: environment ?? undefined }, mode, atUs);
  }
}

type Row = readonly [string, DetectorMode, number, (string | null)?, (string | null)?];

const isIn = (glob: string | undefined, value: string | undefined): boolean =>
  glob === undefined || (value !== undefined && matchesPattern(glob, value));
