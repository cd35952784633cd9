import { z } from 'zod';
import { detectorConfigSchema } from './config.ts';
import { CONVERSATION_DETECTOR } from './conversation/conversation-detector.ts';
import { detectorRegistry } from './detectors/registry.ts';

interface Field {
  readonly description?: string;
  readonly default?: unknown;
}

/** Configuration as tables for people, from the schemas themselves: `pipeline`, and one per detector id. Markdown. */
export function configTables(): Readonly<Record<string, string>> {
  const tables = [...detectorRegistry, CONVERSATION_DETECTOR].map(({ id, configSchema }): [string, string] => [id, tableOf(configSchema)]);
  return Object.fromEntries([['pipeline', tableOf(detectorConfigSchema)], ...tables]);
}

/** A table without its padding, so that a formatter of Markdown does not make it another table. */
export const withoutPadding = (table: string): string =>
  table
    .replace(/ {2,}/g, ' ')
    .replace(/-{3,}/g, '---')
    .replace(/\| --- (?=\|)/g, '|---')
    .trim();

function tableOf(schema: z.ZodType): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'output' }) as { properties?: Record<string, Field> };
  const rows = Object.entries(properties).map(([name, { description = '', default: value }]) => {
    const [sentence = '', unit = ''] = description.split(' Unit: ');
    return `| \`${name}\` | ${cell(sentence)} | ${cell(unit.replace(/\.$/, ''))} | ${name === 'detectors' ? 'see each' : `\`${cell(JSON.stringify(value) ?? 'not set')}\``} |`;
  });
  return ['| setting | what it does | unit | default |', '|---|---|---|---|', ...rows].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
