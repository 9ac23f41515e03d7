import { EverturnError } from '../../contracts/errors.ts';
import { parseJson } from '../../contracts/parse-json.ts';
import { asContent, plainRules, toRequest, type WireMessage, type WireTool } from '../../contracts/request.ts';
import { checkModel, type ModelCheck } from './check.ts';
import type { ModelClient, ModelReply, ModelRequest } from './client.ts';
import { contextTold } from './context-told.ts';
import { saidBy } from './marks.ts';
import { redSquare } from './probe-image.ts';

/** `unknown`: it could not be found out, and `note` says why. */
export type Verdict = { answer: 'yes' | 'no' | 'refused' | 'unknown'; note: string | null };

/** All that a provider can do, found out by asking it. */
export type ModelProbe = ModelCheck & {
  name: string;
  dialect: string;
  /** Two calls in one reply. */
  parallelTools: Verdict;
  /** An answer by a JSON Schema (`response_format`). */
  structuredOutput: Verdict;
  /** Whether it shows its thinking; the note names the field. */
  reasoning: Verdict;
  /** Whether it refuses a call that comes back without its reasoning or signature. */
  reasoningMustReturn: Verdict;
  images: Verdict;
  cachedTokens: Verdict;
  /** Null when the provider does not say. */
  contextTokens: number | null;
  /** What it refused and is left out of requests from now on. */
  leftOut: string[];
};

const verdict = (answer: Verdict['answer'], note: string | null = null): Verdict => ({ answer, note });

const numberTool: WireTool = {
  type: 'function',
  function: {
    name: 'report_number',
    description: 'Report one number',
    parameters: { type: 'object', properties: { number: { type: 'integer' } }, required: ['number'] },
  },
};

const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

/** Long enough for every provider's cache, and the same each time within one run. */
const longText = (seed: string): string =>
  Array.from({ length: 400 }, (_, line) => `Line ${line} of ${seed}: nothing happens here.`).join('\n');

const textOf = ({ bodies }: ModelReply): string =>
  bodies.map((body) => (body.kind === 'text' ? body.text : '')).join('');

const callsOf = ({ bodies }: ModelReply) => bodies.filter((body) => body.kind === 'tool_call');

type Asking = Partial<ModelRequest> & { messages: readonly WireMessage[] };

const isRefusal = (error: unknown): error is EverturnError =>
  error instanceof EverturnError && ['model_refused', 'model_not_found', 'model_unreadable'].includes(error.code);

const user = (content: string): WireMessage => ({ role: 'user', content });

/** Asks some ten short questions. Throws what `stream` throws when the first of them gets no answer. */
export const probeModel = async (client: ModelClient, signal: AbortSignal): Promise<ModelProbe> => {
  const ask = (request: Asking): Promise<ModelReply> =>
    client.stream({ tools: [], signal, onDelta: () => {}, ...request });

  /** A refusal is an answer; any other failure leaves the question open. */
  const find = async (question: () => Promise<Verdict>): Promise<Verdict> => {
    try {
      return await question();
    } catch (error) {
      signal.throwIfAborted();
      return verdict(isRefusal(error) ? 'refused' : 'unknown', saidBy(error));
    }
  };

  const check = await checkModel(client, signal);

  let called: ModelReply | null = null;
  const parallelTools = await find(async () => {
    const content =
      'Call the tool `report_number` twice in one reply: once with 1 and once with 2. Do not wait between them';
    called = await ask({ messages: [user(content)], tools: [numberTool] });
    const count = callsOf(called).length;
    return count > 1 ? verdict('yes') : verdict('no', count === 1 ? 'one call at a time' : 'it did not call the tool');
  });

  const structuredOutput = await find(async () => {
    const format = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } };
    const reply = await ask({ messages: [user('Name the capital of France')], fields: { response_format: format } });
    const value = parseJson(textOf(reply));
    const isFitting = typeof value === 'object' && value !== null && 'city' in value && typeof value.city === 'string';
    return isFitting ? verdict('yes') : verdict('no', 'it answered in another form');
  });

  const reasoning = await find(async () => {
    const reply = called ?? (await ask({ messages: [user('What is 17 times 23?')] }));
    const thought = reply.bodies.find((body) => body.kind === 'thinking');
    const field = reply.bodies.flatMap((body) => ('attached' in body && body.attached?.as) || [])[0];
    if (thought) return verdict('yes', field ? `in ${field}` : null);
    return (reply.usage?.reasoning ?? 0) > 0 ? verdict('yes', 'counted, not shown') : verdict('no');
  });

  const reasoningMustReturn = await find(async () => {
    if (!called || callsOf(called).length === 0) return verdict('unknown', 'it made no call');
    const bodies = called.bodies.map(({ ...body }) => body);
    const place = { turn: 1, step: 1 };
    const results = callsOf(called).map(({ callId, tool }) => ({
      kind: 'tool_result' as const,
      callId,
      tool,
      status: 'ok' as const,
      text: 'noted',
      durationMs: 0,
    }));
    const chunks = [...bodies, ...results].map((body, seq) => ({ ...place, seq: seq + 2, ordinal: seq, body }));
    const said = {
      seq: 1,
      turn: 1,
      step: 0,
      ordinal: 0,
      body: { kind: 'text' as const, role: 'user' as const, text: 'Report the numbers' },
    };
    try {
      await ask({ messages: toRequest('', [said, ...chunks], plainRules), tools: [numberTool], isExact: true });
      return verdict('no');
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return /reasoning|thinking|signature/i.test(error.message) ? verdict('yes') : verdict('unknown', error.message);
    }
  });

  const images = await find(async () => {
    const parts = [
      { type: 'text', text: 'Which colour fills this image? Answer with one word' },
      { type: 'image_url', image_url: { url: redSquare() } },
    ];
    const reply = await ask({ messages: [user(asContent(parts))] });
    return /\bred\b/i.test(textOf(reply)) ? verdict('yes') : verdict('no', 'it did not see what is in the image');
  });

  const cachedTokens = await find(async () => {
    const messages = [user(`${longText(client.model)}\n\nAnswer with the one word: ready`)];
    await ask({ messages });
    const { usage } = await ask({ messages });
    if (!usage) return verdict('unknown', 'it reports no usage');
    return usage.cacheRead > 0
      ? verdict('yes', `${usage.cacheRead} of ${usage.input} tokens`)
      : verdict('no', 'none reported for the same prompt asked twice');
  });

  return {
    ...check,
    name: client.name,
    dialect: client.dialect,
    parallelTools,
    structuredOutput,
    reasoning,
    reasoningMustReturn,
    images,
    cachedTokens,
    contextTokens: await contextTold(client.connection, signal),
    leftOut: [...new Set(client.leftOut())],
  };
};
