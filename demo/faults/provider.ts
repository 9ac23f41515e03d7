import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ScriptedRequest } from '../../test/support/script.ts';
import { eventsOf, type ScriptedReply } from '../../test/support/scripted-reply.ts';
import { now } from '../support/clock.ts';
import { serveModel } from '../support/model-server.ts';
import { agentPattern, replyTo } from './answers.ts';

export type Asked = {
  seed: string;
  agent: string;
  raw: string;
  body: ScriptedRequest;
  startedAt: number;
  /** Null while it is answered. */
  endedAt: number | null;
  /** Whether the client has taken the whole reply, and it was one. */
  isWhole: boolean;
};

export type Trouble = '500' | '429' | 'cut' | 'stall' | 'garbage';

/** Told before each piece of a reply, with the port of the client; what it gives is done to the rest of the reply. */
export type Watcher = (request: number, pieces: number, clientPort: number) => Promise<Trouble | null>;

const chunkDelayMs = 30;
const stallMs = 3000;

/** Says whether the reply was sent as it should be. */
const sendReply = async (
  response: ServerResponse,
  { reply, raw, watch }: { reply: ScriptedReply; raw: string; watch(pieces: number): Promise<Trouble | null> },
): Promise<boolean> => {
  const early = await watch(0);
  if (early === '500' || early === '429') {
    response.writeHead(Number(early), { 'content-type': 'application/json', 'retry-after': '1' });
    response.end(JSON.stringify({ error: { message: `A planned ${early}` } }));
    return false;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let trouble = early as Trouble | null;
  for (const [sent, event] of eventsOf(reply, raw).entries()) {
    trouble ??= sent === 0 ? null : await watch(sent);
    // Too late for a status: the connection goes, as behind a proxy that failed.
    if (trouble === 'cut' || trouble === '500' || trouble === '429') {
      response.destroy();
      return false;
    }
    if (trouble === 'garbage') {
      response.end('data: {"choices": [{"delta"\n\n');
      return false;
    }
    await delay(trouble === 'stall' ? stallMs : (reply.chunkDelayMs ?? chunkDelayMs));
    if (trouble === 'stall') trouble = null;
    if (response.destroyed) return false;
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
  response.end('data: [DONE]\n\n');
  return true;
};

/** A provider on real HTTP: each agent is answered by its prompt alone, and who asked what is written down. */
export const startProvider = async () => {
  const asked: Asked[] = [];
  let watcher: Watcher = async () => null;

  const { port, failures, close } = await serveModel(async (raw, request, response) => {
    const body = JSON.parse(raw) as ScriptedRequest;
    const first = body.messages.find(({ role }) => role === 'user')?.content ?? '';
    const [, seed, agent] = agentPattern.exec(first) ?? [];
    if (seed === undefined || agent === undefined) throw new Error(`Nobody's prompt: ${first.slice(0, 200)}`);
    const record: Asked = { seed, agent, raw, body, startedAt: now(), endedAt: null, isWhole: false };
    asked.push(record);
    const number = asked.filter((one) => one.seed === seed).length;
    const clientPort = request.socket.remotePort ?? 0;
    const isSent = sendReply(response, {
      reply: replyTo(body, agent),
      raw,
      watch: (pieces) => watcher(number, pieces, clientPort),
    });
    response.once('close', () => {
      record.endedAt = now();
      void isSent.then((whole) => {
        record.isWhole = whole && response.writableFinished;
      });
    });
    await isSent;
  });

  return {
    port,
    asked: (seed: string): Asked[] => asked.filter((one) => one.seed === seed),
    failures,
    watch: (next: Watcher): void => {
      watcher = next;
    },
    close,
  };
};
