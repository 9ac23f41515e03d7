/** What the scripted model answers. Every part is cut into small pieces, each one event of the stream. */
export type ScriptedReply = {
  thinking?: string;
  text?: string;
  /** Arguments that are no string are sent as JSON. Ids are `call_0`, `call_1`… unless given. */
  toolCalls?: { name: string; arguments: unknown; id?: string }[];
  /** As a provider reports it. Default: figures that fit; null: none. */
  usage?: unknown;
  /** Default: `tool_calls` with calls, else `stop`; null: the stream ends without one. */
  finishReason?: string | null;
  /** The events of the stream as they stand, in place of all of the above. */
  events?: unknown[];
  /** Default 0. */
  chunkDelayMs?: number;
};

const words = (text: string | undefined): string[] => text?.match(/\s*\S+\s*$|\s*\S+|\s+/g) ?? [];

const halves = (text: string): string[] => {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)].filter(Boolean);
};

const callPieces = ({ toolCalls = [] }: ScriptedReply): unknown[] =>
  toolCalls.flatMap((call, index) => {
    const text = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
    const opening = {
      index,
      id: call.id ?? `call_${index}`,
      type: 'function',
      function: { name: call.name, arguments: '' },
    };
    return [opening, ...halves(text).map((half) => ({ index, function: { arguments: half } }))];
  });

const defaultUsage = (reply: ScriptedReply, requestText: string): unknown => {
  const prompt_tokens = Math.ceil(requestText.length / 4);
  const completion_tokens = Math.ceil(`${reply.thinking ?? ''}${reply.text ?? ''}`.length / 4) + 1;
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
};

/** The events of a reply's stream, without the closing `[DONE]`. */
export const eventsOf = (reply: ScriptedReply, requestText: string): unknown[] => {
  if (reply.events) return reply.events;
  const deltas = [
    ...words(reply.thinking).map((reasoning_content) => ({ reasoning_content })),
    ...words(reply.text).map((content) => ({ content })),
    ...callPieces(reply).map((piece) => ({ tool_calls: [piece] })),
  ];
  const event = { id: 'scripted', object: 'chat.completion.chunk', created: 0, model: 'scripted' };
  const finish =
    reply.finishReason === undefined ? (reply.toolCalls?.length ? 'tool_calls' : 'stop') : reply.finishReason;
  const usage = reply.usage === undefined ? defaultUsage(reply, requestText) : reply.usage;
  return [
    ...deltas.map((delta) => ({ ...event, choices: [{ index: 0, delta, finish_reason: null }] })),
    ...(finish === null ? [] : [{ ...event, choices: [{ index: 0, delta: {}, finish_reason: finish }] }]),
    ...(usage === null ? [] : [{ ...event, choices: [], usage }]),
  ];
};
