import { runOfStream, sessionOfStream, streamOfRun, streamOfSession } from '../../contracts/ids.ts';
import type { Listener } from '../../store/wakeups.ts';
import { viewer } from '../access/guard.ts';
import type { Api, RouteContext } from '../context.ts';
import { findRun } from '../services/runs.ts';
import { findSession } from '../services/sessions.ts';
import { EventQuery, type Followed, sendFollowed } from '../streaming/follow.ts';
import { changedMessage } from '../streaming/message.ts';
import { SeveralQuery, sendSeveral } from '../streaming/several.ts';
import { createWaiter } from '../streaming/waiter.ts';
import { RunParams, SessionParams } from './shared.ts';

/** Which sessions and runs have changed, nothing more; neither: anything may have. A viewer reads its lists again after a reconnect. */
const watchChanges = (listener: Listener, signal: AbortSignal): AsyncGenerator<string> => {
  const waiter = createWaiter(signal);
  const changed = new Set<string | undefined>();
  const unsubscribe = listener.subscribeAll((stream) => {
    changed.add(stream);
    waiter.wake();
  });
  signal.addEventListener('abort', unsubscribe, { once: true });
  async function* changes(): AsyncGenerator<string> {
    while (!signal.aborted) {
      const streams = [...changed];
      changed.clear();
      for (const stream of streams) {
        yield changedMessage({ sessionId: sessionOfStream(stream ?? ''), runId: runOfStream(stream ?? '') });
      }
      await waiter.wait();
    }
  }
  return changes();
};

export const eventRoutes = (app: Api, { store, listener, reader, runViews }: RouteContext): void => {
  const ofSession = async (id: string): Promise<Followed> => {
    await findSession(store, id);
    return {
      stream: streamOfSession(id),
      snapshot: async () => {
        const session = await findSession(store, id);
        const view = await store.view(id);
        return { position: view.position, data: { session, view } };
      },
    };
  };

  const ofRun = async (id: string): Promise<Followed> => {
    await findRun(store, id);
    return {
      stream: streamOfRun(id),
      snapshot: async () => {
        const data = await runViews.read(id);
        return { position: data.position, data };
      },
    };
  };

  app.get(
    '/api/sessions/:id/events',
    { config: viewer, sse: 'only', schema: { params: SessionParams, querystring: EventQuery } },
    async ({ params: { id }, query }, reply) => {
      await sendFollowed(reply, reader, await ofSession(id), query);
    },
  );

  app.get(
    '/api/runs/:id/events',
    { config: viewer, sse: 'only', schema: { params: RunParams, querystring: EventQuery } },
    async ({ params: { id }, query }, reply) => {
      await sendFollowed(reply, reader, await ofRun(id), query);
    },
  );

  // Wake-ups for lists, and with them any number of streams: a browser needs one connection, however many pages it shows.
  app.get(
    '/api/events',
    { config: viewer, sse: 'only', schema: { querystring: SeveralQuery } },
    async ({ query }, reply) => {
      const closed = new AbortController();
      reply.sse.onClose(() => closed.abort());
      if (!reply.sse.isConnected) return;
      // Before the head is sent: what changes from then on is in it.
      const beside = watchChanges(listener, closed.signal);
      reply.sse.sendHeaders();
      // On a quiet stack the first message may be long in coming.
      reply.raw.flushHeaders();
      const find = (stream: string): Promise<Followed> => {
        const runId = runOfStream(stream);
        return runId === null ? ofSession(sessionOfStream(stream) ?? '') : ofRun(runId);
      };
      await sendSeveral({ reader, response: reply.raw, find, beside }, query, closed);
    },
  );
};
