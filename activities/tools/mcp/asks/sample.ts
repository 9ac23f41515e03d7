import { z } from 'zod';
import type { Asker, SampleRequest } from '../../asker.ts';
import { failed } from '../../failed.ts';
import { formatBytes, storable } from '../../text.ts';

const maxCharacters = 200_000;
const maxMessages = 200;
const maxReplyTokens = 32_000;

const Part = z.looseObject({ type: z.string(), text: z.string().optional() });
const Params = z.looseObject({
  messages: z
    .array(z.object({ role: z.enum(['user', 'assistant']), content: z.union([z.array(Part), Part]) }))
    .min(1)
    .max(maxMessages),
  systemPrompt: z.string().optional(),
  maxTokens: z.number().positive(),
  tools: z.array(z.unknown()).optional(),
});

const textOf = (parts: readonly z.infer<typeof Part>[]): string =>
  parts
    .map(({ type, text }) => {
      if (type !== 'text' || text === undefined) throw failed(`only texts can be sampled, found ${type}`);
      return storable(text);
    })
    .join('\n');

/** What a server may ask of the model. Throws `tool_failed`. */
export const sampleRequestOf = (server: string, params: unknown): SampleRequest => {
  const parsed = Params.safeParse(params);
  if (!parsed.success) throw failed('its request is not one that MCP allows');
  const { messages, systemPrompt, maxTokens, tools = [] } = parsed.data;
  if (tools.length > 0) throw failed('tools cannot be sampled with');
  const request = {
    server,
    system: systemPrompt === undefined ? null : storable(systemPrompt),
    messages: messages.map(({ role, content }) => ({ role, text: textOf([content].flat()) })),
    maxTokens: Math.min(maxReplyTokens, Math.max(1, Math.floor(maxTokens))),
  };
  const { length } = JSON.stringify(request);
  if (length > maxCharacters) throw failed(`it is ${formatBytes(length)}; ${formatBytes(maxCharacters)} are allowed`);
  return request;
};

export const sample = async (
  { server, asker, signal }: { server: string; asker: Asker; signal: AbortSignal },
  params: unknown,
) => {
  const { model, text, isCut } = await asker.model(sampleRequestOf(server, params), signal);
  return {
    model,
    role: 'assistant' as const,
    content: { type: 'text' as const, text },
    stopReason: isCut ? 'maxTokens' : 'endTurn',
  };
};
