/** Options that may come from `BELAY_*` variables; an explicit option wins. */
export interface EnvironmentDefaults {
  readonly endpoint: string | undefined;
  readonly controlEndpoint: string | undefined;
  readonly token: string | undefined;
  readonly environment: string | undefined;
  readonly featureKey: string | undefined;
}

/** Reads the `BELAY_*` variables; an empty one counts as absent. */
export function environmentDefaults(environment: Readonly<Record<string, string | undefined>>): EnvironmentDefaults {
  const read = (name: string): string | undefined => environment[name]?.trim() || undefined;
  return {
    endpoint: read('BELAY_ENDPOINT'),
    controlEndpoint: read('BELAY_CONTROL_ENDPOINT'),
    token: read('BELAY_TOKEN'),
    environment: read('BELAY_ENVIRONMENT'),
    featureKey: read('BELAY_FEATURE_KEY'),
  };
}
