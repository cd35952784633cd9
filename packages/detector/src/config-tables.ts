import { z } from 'zod';
import { detectorConfigSchema } from './config.ts';
import { detectorRegistry } from './detectors/registry.ts';

interface Field {
  readonly description?: string;
  readonly default?: unknown;
}

/** Configuration as tables for people, from the schemas themselves: `pipeline`, and one per detector id. Markdown. */
export function configTables(): Readonly<Record<string, string>> {
  const tables = detectorRegistry.map(({ id, configSchema }): [string, string] => [id, tableOf(configSchema)]);
  return Object.fromEntries([['pipeline', tableOf(detectorConfigSchema)], ...tables]);
}

function tableOf(schema: z.ZodType): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'output' }) as { properties?: Record<string, Field> };
  const rows = Object.entries(properties).map(([name, { description = '', default: value }]) => {
    const [sentence = '', unit = ''] = description.split(' Unit: ');
    return `| \`${name}\` | ${cell(sentence)} | ${cell(unit.replace(/\.$/, ''))} | ${name === 'detectors' ? 'see each' : `\`${cell(JSON.stringify(value))}\``} |`;
  });
  return ['| setting | what it does | unit | default |', '|---|---|---|---|', ...rows].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
