import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { ScriptedRequest } from '../../test/support/script.ts';
import { eventsOf, type ScriptedReply } from '../../test/support/scripted-reply.ts';
import { now } from '../support/clock.ts';
import { serveModel } from '../support/model-server.ts';
import { keyPattern } from './script.ts';

export type Asked = {
  run: string;
  agent: string;
  raw: string;
  startedAt: number;
  /** Null while it is answered. */
  endedAt: number | null;
  /** Whether the client has taken the whole reply; one that was cut off may come again. */
  isWhole: boolean;
};

export type AnsweringModel = {
  url: string;
  asked: readonly Asked[];
  failures: readonly string[];
  close(): Promise<void>;
};

/** About a second each reply, so that many are cut off in their midst. */
const chunkDelayMs = 80;
const submit = 'submit_result';

/** A function of the prompt alone, so that a run that asks the same is told the same. */
const replyTo = ({ messages, tools = [] }: ScriptedRequest, agent: string, prompt: string): ScriptedReply => {
  const results = messages.filter(({ role }) => role === 'tool').length;
  const hash = createHash('sha256').update(prompt).digest('hex');
  if (prompt.startsWith('Look') && results === 0) return { toolCalls: [{ name: 'list_files', arguments: {} }] };
  if (tools.some(({ function: { name } }) => name === submit) && results === 0) {
    return { toolCalls: [{ name: submit, arguments: { result: { rating: Number.parseInt(hash.slice(0, 2), 16) } } }] };
  }
  const words = 6 + (Number.parseInt(hash.slice(2, 4), 16) % 8);
  return { text: `${agent} is ${hash.slice(0, 2 * words).replaceAll(/../g, '$& ')}`.trimEnd() };
};

/** A provider on real HTTP that answers each prompt always the same, and writes down who asked what. */
export const startModel = async (): Promise<AnsweringModel> => {
  const asked: Asked[] = [];
  const { port, failures, close } = await serveModel(async (raw, _request, response) => {
    const body = JSON.parse(raw) as ScriptedRequest;
    const first = body.messages.find(({ role }) => role === 'user')?.content ?? '';
    const [head, run, agent] = keyPattern.exec(first) ?? [];
    if (head === undefined || run === undefined || agent === undefined) throw new Error(`Nobody's prompt: ${first}`);
    const record: Asked = { run, agent, raw, startedAt: now(), endedAt: null, isWhole: false };
    asked.push(record);
    response.once('close', () => {
      record.endedAt = now();
      record.isWhole = response.writableFinished;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of eventsOf(replyTo(body, agent, first.slice(head.length)), raw)) {
      await delay(chunkDelayMs);
      if (response.destroyed) return;
      response.write(`data: ${JSON.stringify(event)}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  });
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    failures,
    close,
  };
};
