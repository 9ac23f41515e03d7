import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createGates } from './gates.ts';
import { createScript, type ScriptedRequest, type ScriptedStep } from './script.ts';
import { eventsOf } from './scripted-reply.ts';

export type { ScriptedStep };

export type RecordedRequest = {
  /** The script that answered; null when none was meant for it. */
  key: string | null;
  raw: string;
  body: ScriptedRequest;
  headers: IncomingHttpHeaders;
  /** Milliseconds since 1970, with fractions. */
  startedAt: number;
  /** Null before the first piece was sent. */
  firstPieceAt: number | null;
  /** Null while it runs. */
  endedAt: number | null;
  /** How it ended: `aborted` by the client, `cut` by the script, `refused` for want of a fitting step. */
  outcome: 'running' | 'sent' | 'cut' | 'aborted' | 'refused';
};

export type ScriptedModel = {
  /** For `baseUrl`. */
  url: string;
  /**
   * Adds steps to a script. A request belongs to the script whose key stands in its first user message (the longest
   * such key); the default key, an empty string, takes what no other does.
   */
  script(steps: readonly ScriptedStep[], key?: string): void;
  /** Every request that came, or those of one key. */
  requests(key?: string): RecordedRequest[];
  readonly failures: readonly string[];
  /** Lets all that wait, and will wait, at the gate pass. */
  open(gate: string): void;
  /** Resolves once `times` requests in all have come to the gate. */
  reached(gate: string, times?: number): Promise<void>;
  /** Throws when a request had no fitting step, or a step was not asked for. */
  assertDone(): void;
  close(): Promise<void>;
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};

const sendJson = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

const now = (): number => performance.timeOrigin + performance.now();

/** A provider for tests, on real HTTP, that answers by script and fails loudly when the script does not fit. */
export const createScriptedModel = async (): Promise<ScriptedModel> => {
  const gates = createGates();
  const scripts = new Map<string, ReturnType<typeof createScript>>();
  const recorded: RecordedRequest[] = [];
  const failures: string[] = [];

  const keyOf = ({ messages }: ScriptedRequest): string | null => {
    const said: unknown = messages.find(({ role }) => role === 'user')?.content ?? '';
    // With images it is a list of parts.
    const first = typeof said === 'string' ? said : JSON.stringify(said);
    const keys = [...scripts.keys()].filter((key) => first.includes(key));
    return keys.toSorted((a, b) => b.length - a.length)[0] ?? null;
  };

  const refuse = (response: ServerResponse, record: RecordedRequest | null, reason: string): void => {
    failures.push(reason);
    if (record) record.outcome = 'refused';
    sendJson(response, 400, { error: { message: `Scripted model: ${reason}`, type: 'invalid_request_error' } });
  };

  const play = async (step: ScriptedStep, record: RecordedRequest, response: ServerResponse): Promise<void> => {
    const pause = async (pieces: number): Promise<void> => {
      if (step.pauseAfter?.pieces === pieces) await gates.pass(step.pauseAfter.gate);
    };
    await pause(0);
    if (step.status !== undefined)
      return sendJson(
        response,
        step.status,
        step.error ?? { error: { message: `scripted ${step.status}` } },
        step.headers,
      );
    response.writeHead(200, { 'content-type': 'text/event-stream', ...step.headers });
    const events = eventsOf(step.reply ?? {}, record.raw);
    for (const [sent, event] of events.entries()) {
      if (step.cutAfter === sent) break;
      if (sent > 0) await pause(sent);
      if (step.reply?.chunkDelayMs) await delay(step.reply.chunkDelayMs);
      if (response.destroyed) return;
      record.firstPieceAt ??= now();
      await new Promise<void>((resolve) => response.write(`data: ${JSON.stringify(event)}\n\n`, () => resolve()));
    }
    if (step.cutAfter !== undefined) {
      record.outcome = 'cut';
      response.destroy();
      return;
    }
    await pause(events.length);
    response.end('data: [DONE]\n\n');
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const raw = await readBody(request);
    if (request.method === 'GET' && request.url === '/v1/models')
      return sendJson(response, 200, { object: 'list', data: [] });
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions')
      return refuse(response, null, `no route ${request.method} ${request.url}`);
    const body = JSON.parse(raw) as ScriptedRequest;
    const key = keyOf(body);
    const record: RecordedRequest = {
      key,
      raw,
      body,
      headers: request.headers,
      startedAt: now(),
      firstPieceAt: null,
      endedAt: null,
      outcome: 'running',
    };
    recorded.push(record);
    response.once('close', () => {
      record.endedAt = now();
      if (record.outcome === 'running') record.outcome = response.writableFinished ? 'sent' : 'aborted';
    });
    const step =
      key === null ? 'no script has a key that stands in the first user message' : scripts.get(key)?.next(body, raw);
    if (typeof step === 'object') await play(step, record, response);
    else refuse(response, record, step ?? 'no script');
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => refuse(response, null, `broken request: ${String(error)}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/v1`,
    script: (steps, key = '') => {
      const script = scripts.get(key) ?? createScript(key);
      scripts.set(key, script);
      script.add(steps);
    },
    requests: (key) => recorded.filter((record) => key === undefined || record.key === key),
    failures,
    open: gates.open,
    reached: gates.reached,
    assertDone: () => {
      const faults = [...failures, ...[...scripts.values()].flatMap((script) => script.unused())];
      if (faults.length > 0) throw new Error(`The scripted model is not content:\n- ${faults.join('\n- ')}`);
    },
    close: async () => {
      gates.openAll();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
