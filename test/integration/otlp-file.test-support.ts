import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';

const hex = (text: string, length: number): string => createHash('sha256').update(text).digest('hex').slice(0, length);
const text = (key: string, stringValue: string): unknown => ({ key, value: { stringValue } });

/** What a recorded call was. */
interface RecordedCall {
  readonly agent: string;
  readonly index: number;
  readonly tool: string;
  readonly args: unknown;
  readonly result: unknown;
}

function toSpan({ agent, index, tool, args, result }: RecordedCall): unknown {
  const traceId = hex(`trace ${agent}`, 32);
  const startMs = Date.UTC(2026, 0, 5, 8) + index * 2_000;
  return {
    traceId,
    spanId: hex(`${traceId} ${index}`, 16),
    name: `execute_tool ${tool}`,
    kind: 1,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${startMs + 500}000000`,
    attributes: [
      text('gen_ai.operation.name', 'execute_tool'),
      text('gen_ai.agent.id', agent),
      text('gen_ai.conversation.id', `${agent}/c1`),
      text('gen_ai.tool.name', tool),
      text('gen_ai.tool.call.arguments', JSON.stringify(args)),
      text('gen_ai.tool.call.result', JSON.stringify(result)),
    ],
    status: {},
  };
}

/** One agent that works through different items, and one that asks the same again and again; `calls` each, 20 spans to a line. */
export async function writeOtlpFile(path: string, calls: number): Promise<{ spans: number }> {
  const spans: unknown[] = [];
  for (let index = 0; index < calls; index++) {
    const item = { item: `item-${index}` };
    spans.push(toSpan({ agent: 'recorded/worker', index, tool: 'read_item', args: item, result: { ...item, price: index } }));
    const loops = index % 50 > 40;
    const query = loops ? { q: 'opening hours' } : { q: `question ${index}` };
    spans.push(
      toSpan({ agent: 'recorded/asker', index, tool: 'search', args: query, result: loops ? { hits: ['9 to 5'] } : { hits: [index] } }),
    );
  }
  const lines: string[] = [];
  for (let from = 0; from < spans.length; from += 20) {
    const scopeSpans = [{ scope: { name: 'recorder' }, spans: spans.slice(from, from + 20) }];
    lines.push(JSON.stringify({ resourceSpans: [{ resource: { attributes: [text('service.name', 'recorded')] }, scopeSpans }] }));
  }
  await writeFile(path, `${lines.join('\n')}\n`);
  return { spans: spans.length };
}
