import { request } from 'node:http';
import type { Breach } from './play.ts';
import type { FaultStack } from './stack.ts';

type Knock = { method: string; path: string; headers: Record<string, string>; body?: string };

const json = { 'content-type': 'application/json' };
const wrong = { authorization: 'Bearer 0123456789abcdef0123456789abcdef' };

/** Each must be refused whatever state the stack is in. `token` is the right one. */
const knocks = (token: string): Knock[] => {
  const right = { authorization: `Bearer ${token}` };
  const reads = ['sessions', 'approvals', 'runs', 'subagents', 'flows', 'audit', 'users', 'changes'];
  return [
    ...reads.map((name) => ({ method: 'GET', path: `/api/${name}`, headers: {} })),
    { method: 'GET', path: '/api/sessions', headers: wrong },
    { method: 'POST', path: '/api/sessions', headers: json, body: '{}' },
    { method: 'POST', path: '/api/runs', headers: { ...json, ...wrong }, body: '{"flow":"fault-matrix-flow"}' },
    { method: 'POST', path: '/api/approvals/x', headers: json, body: '{"decision":"approve"}' },
    { method: 'GET', path: '/api/sessions', headers: { ...right, host: 'evil.example' } },
    { method: 'GET', path: '/api/sessions', headers: { ...right, origin: 'http://evil.example' } },
    {
      method: 'POST',
      path: '/api/sessions',
      headers: { ...json, ...right, origin: 'http://evil.example' },
      body: '{}',
    },
  ];
};

const limitMs = 2000;

/** The status of the answer; null where none came. */
const statusOf = (base: string, { method, path, headers, body }: Knock, signal: AbortSignal): Promise<number | null> =>
  new Promise((resolve) => {
    const url = new URL(path, base);
    const own = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
    const asked = request(url, { method, headers, signal: own, agent: false }, (response) => {
      resolve(response.statusCode ?? null);
      response.destroy();
    });
    asked.on('error', () => resolve(null));
    asked.end(body);
  });

/** Somebody without a token, or from another page, who tries all doors of all APIs over and over: P12. */
export const watchDoors = ({ urls, token }: FaultStack) => {
  const closing = new AbortController();
  const found = new Map<string, Breach>();
  let refused = 0;
  const tryAll = async (base: string): Promise<void> => {
    for (const knock of knocks(token)) {
      if (closing.signal.aborted) return;
      const status = await statusOf(base, knock, closing.signal);
      if (status === null) continue;
      if (status >= 400 && status < 600) refused += 1;
      else {
        const words = `${knock.method} ${knock.path} with ${Object.keys(knock.headers).join(', ') || 'no token'} was answered ${status}`;
        found.set(words, { kind: 'opened', words });
      }
    }
  };
  const trying = (async () => {
    while (!closing.signal.aborted) {
      await Promise.all(urls.map(tryAll));
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 250);
        closing.signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  })();
  return {
    /** What was let in, and how many tries were answered with a refusal. */
    close: async (): Promise<{ breaches: Breach[]; refused: number }> => {
      closing.abort();
      await trying;
      return { breaches: [...found.values()], refused };
    },
  };
};
