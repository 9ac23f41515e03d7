import type { Attached, ChunkBody } from '../../contracts/chunks.ts';
import type { WireTool } from '../../contracts/request.ts';
import type { Answer, Turn } from './row.ts';

/** The words in which rows are written. */

export const event = (delta: unknown, finish: unknown = null) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
export const text = (content: unknown, finish: unknown = null) => event({ content }, finish);
export const end = (finish: unknown = 'stop') => event({}, finish);
export const piece = (call: unknown, finish: unknown = null) => event({ tool_calls: [call] }, finish);
export const call = (id: unknown, name: unknown, args: unknown, index: unknown = 0) =>
  piece({ index, id, type: 'function', function: { name, arguments: args } });
export const usage = (reported: unknown) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  choices: [],
  usage: reported,
});

export const stream = (...events: unknown[]): Answer => ({ stream: events });
export const done: Answer = stream(text('done'), end());
export const calling = (id = 'call_1', name = 'look', args = '{"path":"a"}'): Answer =>
  stream(call(id, name, args), end('tool_calls'));
export const refusal = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  body,
  headers,
});

export const user = (said: string): ChunkBody => ({ kind: 'text', role: 'user', text: said });
export const said = (words: string, attached?: Attached): ChunkBody => ({
  kind: 'text',
  role: 'assistant',
  text: words,
  ...(attached ? { attached } : {}),
});
export const thought = (words: string, attached?: Attached): ChunkBody => ({
  kind: 'thinking',
  text: words,
  ...(attached ? { attached } : {}),
});
export const called = (callId: string, tool: string, args = '{}', attached?: Attached): ChunkBody => ({
  kind: 'tool_call',
  callId,
  tool,
  arguments: args,
  ...(attached ? { attached } : {}),
});
export const result = (callId: string, words: string): ChunkBody => ({
  kind: 'tool_result',
  callId,
  tool: 'look',
  status: 'ok',
  text: words,
  durationMs: 1,
});
export const failed = (code: string): ChunkBody => ({ kind: 'error', code, message: code });

/** A turn of one call, and a new message. */
export const afterCall = (...bodies: ChunkBody[]): Turn[] => {
  const calls = bodies.filter((body) => body.kind === 'tool_call');
  return [[[user('go')], [...bodies, ...calls.map(({ callId }) => result(callId, 'seen'))]]];
};

export const tool = (
  name: string,
  parameters: Record<string, unknown> = { type: 'object', properties: {} },
): WireTool => ({
  type: 'function',
  function: { name, description: name, parameters },
});
export const look = tool('look', { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] });

/** Who answers in these rows: the key is called `probe`, the model `probe-1`. */
export const here = 'probe/probe';
export const elsewhere = 'other/gpt';
