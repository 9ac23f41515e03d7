import type { z } from 'zod';
import type { Offers } from '../../../contracts/tool-sources.ts';
import { type Connection, connect, type McpCall, type ServerPlace } from './connection.ts';
import { quietly } from './quiet.ts';
import type { CallAnswer } from './result.ts';

const firstPauseMs = 500;
const maxPauseMs = 60_000;
/** A server that ran for so long is started at once when it ends. */
const steadyMs = 60_000;
/** Between two looks at what a server offers, however often it says that it has changed. */
const refreshMs = 1000;

export type ServerNews = {
  offered(offers: Offers): Promise<void>;
  /** It could not be started or asked. */
  failed(fault: string): Promise<void>;
};

export type KeptServer = {
  call(call: McpCall): Promise<z.infer<typeof CallAnswer>>;
  readResource(uri: string, signal: AbortSignal): Promise<unknown[]>;
  /** Of a call that ran out of time: a server that answers nothing at all is ended, and started again. */
  doubt(): Promise<void>;
  /** Settles when the server was asked for the first time, with or without success. */
  asked: Promise<void>;
  close(): Promise<void>;
};

/** Keeps one server running: started at once, asked again when it says so, and started again when it dies. */
export const keepServer = (place: ServerPlace, news: ServerNews): KeptServer => {
  let opening: Promise<Connection> | undefined;
  let connection: Connection | undefined;
  let isClosed = false;
  let failures = 0;
  let startedAt = 0;
  let refreshing: NodeJS.Timeout | undefined;
  let restarting: NodeJS.Timeout | undefined;
  const asked = Promise.withResolvers<void>();
  const stop = new AbortController();

  const restart = (): void => {
    if (isClosed || restarting) return;
    failures = performance.now() - startedAt > steadyMs ? 0 : failures + 1;
    const pause = Math.min(firstPauseMs * 2 ** Math.max(failures - 1, 0), maxPauseMs);
    restarting = setTimeout(() => {
      restarting = undefined;
      void live().catch(() => undefined);
    }, pause);
    restarting.unref();
  };

  const lookOnce = async (watched: Connection): Promise<void> => {
    try {
      await news.offered(await watched.offers());
    } catch (error) {
      if (watched.ended() === null)
        await news.failed(quietly(place, `it does not say what it offers: ${(error as Error).message}`));
    }
  };
  /** One after the other: an answer that was slow must not replace a newer one. */
  let looking: Promise<void> = Promise.resolve();
  const look = (watched: Connection): Promise<void> => {
    looking = looking.then(() => lookOnce(watched));
    return looking;
  };

  const open = async (): Promise<Connection> => {
    startedAt = performance.now();
    try {
      const opened = await connect(
        place,
        {
          changed: () => {
            if (isClosed || refreshing) return;
            refreshing = setTimeout(() => {
              refreshing = undefined;
              if (connection) void look(connection);
            }, refreshMs);
            refreshing.unref();
          },
          ended: () => {
            connection = undefined;
            restart();
          },
        },
        stop.signal,
      );
      if (isClosed) {
        await opened.close();
        throw new Error('it was ended');
      }
      connection = opened;
      await look(opened);
      return opened;
    } catch (error) {
      if (!isClosed) {
        await news.failed((error as Error).message);
        restart();
      }
      throw error;
    } finally {
      opening = undefined;
      asked.resolve();
    }
  };

  const live = async (): Promise<Connection> => {
    if (connection?.ended() === null) return connection;
    if (isClosed) throw new Error('it was ended');
    opening ??= open();
    return await opening;
  };

  void live().catch(() => undefined);

  return {
    call: async (call) => await (await live()).call(call),
    readResource: async (uri, signal) => await (await live()).readResource(uri, signal),
    async doubt() {
      const doubted = connection;
      if (!doubted || (await doubted.answers())) return;
      if (connection === doubted) connection = undefined;
      await doubted.close();
      restart();
    },
    asked: asked.promise,
    async close() {
      isClosed = true;
      stop.abort();
      clearTimeout(refreshing);
      clearTimeout(restarting);
      await opening?.catch(() => undefined);
      await connection?.close();
    },
  };
};
