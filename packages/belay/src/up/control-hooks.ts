import type { UpSettings } from './up-settings.ts';

/** Alert sources from the environment: a Grafana contact point and an Alertmanager receiver, each when its secret is given. */
export function controlHooks({ tenant }: UpSettings, env: NodeJS.ProcessEnv): object {
  const grafana = env.BELAY_GRAFANA_WEBHOOK_SECRET;
  const alertmanager = env.BELAY_ALERTMANAGER_WEBHOOK_SECRET;
  return {
    hooks: {
      grafana: grafana ? [{ name: 'grafana', tenant, secret: grafana }] : [],
      alertmanager: alertmanager ? [{ name: 'alertmanager', tenant, secret: alertmanager }] : [],
    },
  };
}
