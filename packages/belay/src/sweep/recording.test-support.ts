const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });

/** One tool call that a recording has. */
export interface RecordedCall {
  readonly agent: string;
  readonly session: string;
  /** Seconds after the beginning of the recording. */
  readonly atS: number;
  readonly args?: string;
  readonly result?: string;
  readonly intent?: string;
}

/** Calls as the Collector's file exporter writes them, one a line. */
export function recordingOf(calls: readonly RecordedCall[]): string {
  return calls.map((call, index) => `${JSON.stringify(requestOf(call, index + 1))}\n`).join('');
}

function requestOf({ agent, session, atS, args = '{"number":"INV-1"}', result = '{"found":false}', intent }: RecordedCall, index: number) {
  const startNs = BigInt(1_767_600_000 + atS) * 1_000_000_000n;
  const attributes = [
    attribute('gen_ai.operation.name', 'execute_tool'),
    attribute('gen_ai.agent.id', agent),
    attribute('gen_ai.conversation.id', session),
    attribute('gen_ai.tool.name', 'find_invoice'),
    attribute('gen_ai.tool.call.arguments', args),
    attribute('gen_ai.tool.call.result', result),
    ...(intent === undefined ? [] : [attribute('belay.intent', intent), attribute('belay.outcome.summary', `summary of ${intent}`)]),
  ];
  const span = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: index.toString(16).padStart(16, '0'),
    name: 'execute_tool find_invoice',
    startTimeUnixNano: String(startNs),
    endTimeUnixNano: String(startNs + 1_000_000_000n),
    attributes,
  };
  return { resourceSpans: [{ resource: { attributes: [] }, scopeSpans: [{ scope: {}, spans: [span] }] }] };
}
