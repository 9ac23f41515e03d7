import { EverturnError } from '../../contracts/errors.ts';
import type { WireTool } from '../../contracts/request.ts';
import type { Usage } from '../../contracts/usage.ts';
import type { ModelClient, ModelReply } from './client.ts';

/** What a provider can do, found out by asking it twice. */
export type ModelCheck = {
  model: string;
  /** Whether it answered with text. */
  answered: boolean;
  answer: string;
  /** Whether the reply came in more than one piece. */
  streaming: boolean;
  /** Whether it called the requested tool, did something else, or refused a request that offers tools. */
  tools: 'called' | 'ignored' | 'refused';
  /** Of the first question; null when the provider reports none. */
  usage: Usage | null;
  firstTokenMs: number | null;
  totalMs: number;
};

const readyTool: WireTool = {
  type: 'function',
  function: {
    name: 'report_ready',
    description: 'Report whether you are ready',
    parameters: {
      type: 'object',
      properties: { ready: { type: 'boolean' } },
      required: ['ready'],
      additionalProperties: false,
    },
  },
};

const ask = async (client: ModelClient, content: string, tools: WireTool[], signal: AbortSignal) => {
  let pieces = 0;
  const startedAt = performance.now();
  const onDelta = (): void => {
    pieces += 1;
  };
  const reply = await client.stream({ messages: [{ role: 'user', content }], tools, signal, onDelta });
  return { ...reply, pieces, totalMs: performance.now() - startedAt };
};

const textOf = ({ bodies }: ModelReply): string =>
  bodies
    .map((body) => (body.kind === 'text' ? body.text : ''))
    .join('')
    .trim();

const tryTools = async (client: ModelClient, signal: AbortSignal): Promise<ModelCheck['tools']> => {
  try {
    const { bodies } = await ask(client, 'Call the tool `report_ready` with {"ready": true}', [readyTool], signal);
    return bodies.some((body) => body.kind === 'tool_call' && body.tool === 'report_ready') ? 'called' : 'ignored';
  } catch (error) {
    // Some answer that they have no model of this name that takes tools.
    const isRefusal = error instanceof EverturnError && ['model_refused', 'model_not_found'].includes(error.code);
    if (isRefusal) return 'refused';
    throw error;
  }
};

/** Asks one short question, then offers a tool. Throws what `stream` throws when the question gets no answer. */
export const checkModel = async (client: ModelClient, signal: AbortSignal): Promise<ModelCheck> => {
  const reply = await ask(client, 'Answer with the one word: ready', [], signal);
  const answer = textOf(reply);
  return {
    model: client.model,
    answered: answer !== '',
    answer,
    streaming: reply.pieces > 1,
    tools: await tryTools(client, signal),
    usage: reply.usage,
    firstTokenMs: reply.timeToFirstTokenMs,
    totalMs: reply.totalMs,
  };
};
