import { eventsOf } from '../../test/support/scripted-reply.ts';
import { now } from '../support/clock.ts';
import { serveModel } from '../support/model-server.ts';

/** By their secrets: the imitated provider knows nothing else of them. */
export const secrets = { main: 'demo-secret-of-main', spare: 'demo-secret-of-spare' } as const;
export type KeyName = keyof typeof secrets;

export type Refusal = { status: number; headers?: Record<string, string>; body: object };
export type Asked = { key: KeyName; at: number; endedAt: number; status: number; words: string };

const lastWords = (raw: string): string => {
  const { messages } = JSON.parse(raw) as { messages: { role: string; content: string | null }[] };
  return messages.findLast(({ role }) => role === 'user')?.content ?? '';
};

/** One provider with two accounts. Each answers, or refuses what is queued for it. */
export const openProvider = async () => {
  const asked: Asked[] = [];
  const refusals: Record<KeyName, Refusal[]> = { main: [], spare: [] };
  const server = await serveModel(async (raw, request, response) => {
    const bearer = request.headers.authorization?.replace('Bearer ', '');
    const key = (Object.keys(secrets) as KeyName[]).find((name) => secrets[name] === bearer);
    if (!key) throw new Error('A request without a key of the demo');
    const at = now();
    const refusal = refusals[key].shift();
    response.once('finish', () =>
      asked.push({ key, at, endedAt: now(), status: response.statusCode, words: lastWords(raw) }),
    );
    if (refusal) {
      response.writeHead(refusal.status, { 'content-type': 'application/json', ...refusal.headers });
      response.end(JSON.stringify(refusal.body));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of eventsOf({ text: `Answered with the key ${key}.` }, raw)) {
      response.write(`data: ${JSON.stringify(event)}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    asked,
    failures: server.failures,
    refuse: (key: KeyName, refusal: Refusal): void => void refusals[key].push(refusal),
    close: server.close,
  };
};
