import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { streamOfRun, streamOfSession } from '../contracts/ids.ts';
import type { Database } from './database.ts';

const channel = 'everturn';
/** No stream of events: what users may do has changed. */
export const usersStream = 'users';
/** No stream of events: a run of a script is queued, or a slot is free. */
export const queueStream = 'queue';
/** Streams that grow within this time share one statement: 10 ms where few grow, up to 50 where many do. */
const gatherMs = (streams: number): number => Math.min(50, Math.max(10, 1.5 * streams));
/** How long a stream counts as one of many. */
const epochMs = 1000;

/**
 * Tells readers that streams have grown. A statement of its own after the commit, because a transaction with a
 * pending NOTIFY serialises all commits. A lost one only delays a reader.
 */
export const createNotifier = (database: Database) => {
  const waiting = new Set<string>();
  const sending = new Set<Promise<void>>();
  /** The streams that grew in this epoch, and how many did in the one before. */
  const growing = { since: 0, streams: new Set<string>(), before: 0 };
  let gathering: Promise<void> | undefined;

  const send = async (streams: readonly string[]): Promise<void> => {
    await database
      .query('SELECT pg_notify($1, stream) FROM unnest($2::text[]) AS stream', [channel, streams])
      .catch(() => {});
  };

  const gather = async (): Promise<void> => {
    while (waiting.size > 0) {
      await delay(gatherMs(Math.max(growing.before, growing.streams.size)));
      const streams = [...waiting];
      waiting.clear();
      await send(streams);
    }
    gathering = undefined;
  };

  const note = (stream: string): void => {
    const age = performance.now() - growing.since;
    if (age > epochMs) {
      growing.before = age > 2 * epochMs ? 0 : growing.streams.size;
      growing.streams = new Set();
      growing.since = performance.now();
    }
    growing.streams.add(stream);
  };

  const wake = (stream: string): void => {
    note(stream);
    waiting.add(stream);
    gathering ??= gather();
  };

  return {
    wake: (sessionId: string): void => wake(streamOfSession(sessionId)),
    wakeRun: (runId: string): void => wake(streamOfRun(runId)),
    wakeQueue: (): void => wake(queueStream),
    /** A token or login was revoked, or a role changed. */
    wakeUsers: (): void => wake(usersStream),
    /** To no stream of events, and at once: for measuring how long it takes. */
    ping: (name: string): Promise<void> => send([name]),
    /** In one statement, at once: for streams that were written as a group. */
    wakeAll(sessionIds: Iterable<string>): void {
      const sent = send([...new Set(sessionIds)].map(streamOfSession));
      sending.add(sent);
      void sent.then(() => sending.delete(sent));
    },
    /** Resolves when what was asked for has been sent. */
    async flushed(): Promise<void> {
      await Promise.all([gathering, ...sending]);
    },
  };
};

export type Listener = {
  /** Calls back at each growth of the stream, and once after each loss of the connection. */
  subscribe(stream: string, wake: () => void): () => void;
  /** The same for every stream; `undefined` says that anything may have changed. */
  subscribeAll(wake: (stream: string | undefined) => void): () => void;
  close(): Promise<void>;
};

/** A network can drop a connection without a word to either end: then it answers nothing any more. */
const beatMs = 10_000;
const answerMs = 5_000;

/** Rejects when no answer comes in time. */
const inTime = async (answer: Promise<unknown>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Postgres did not answer within ${ms} ms`)), ms);
  });
  await Promise.race([answer, late]).finally(() => clearTimeout(timer));
};

type ListenerTiming = {
  /** Between two looks at whether the connection answers. Default: 10 s. */
  beatMs?: number;
  /** How long an answer may take. Default: 5 s. */
  answerMs?: number;
};

/** One connection listens for a whole process and comes back by itself. */
export const createListener = (database: Database, timing: ListenerTiming = {}): Listener => {
  const patience = timing.answerMs ?? answerMs;
  const readers = new Map<string, Set<() => void>>();
  const watchers = new Set<(stream: string | undefined) => void>();
  let closed = false;
  let client: Client | undefined;
  let retry: NodeJS.Timeout | undefined;

  const wakeEverybody = (): void => {
    for (const wakes of readers.values()) for (const wake of wakes) wake();
    for (const wake of watchers) wake(undefined);
  };

  const connectSoon = (): void => {
    if (closed) return;
    clearTimeout(retry);
    retry = setTimeout(() => void connect(), 100);
  };

  const drop = (lost: Client): void => {
    if (client !== lost) return;
    client = undefined;
    lost.removeAllListeners('notification');
    void lost.end().catch(() => {});
    connectSoon();
  };

  const connect = async (): Promise<void> => {
    let next: Client | undefined;
    try {
      next = await database.connect();
      const opened = next;
      opened.on('notification', ({ payload = '' }) => {
        for (const wake of readers.get(payload) ?? []) wake();
        for (const wake of watchers) wake(payload);
      });
      opened.on('end', () => drop(opened));
      await inTime(opened.query(`LISTEN ${channel}`), patience);
      if (closed) return void (await opened.end());
      client = opened;
      wakeEverybody();
    } catch {
      void next?.end().catch(() => {});
      connectSoon();
    }
  };
  void connect();

  let isAsking = false;
  const beat = setInterval(() => {
    const asked = client;
    if (!asked || isAsking) return;
    isAsking = true;
    void inTime(asked.query('SELECT 1'), patience)
      .catch(() => drop(asked))
      .finally(() => {
        isAsking = false;
      });
  }, timing.beatMs ?? beatMs);
  beat.unref();

  return {
    subscribe(stream, wake) {
      const wakes = readers.get(stream) ?? new Set();
      readers.set(stream, wakes.add(wake));
      return () => {
        wakes.delete(wake);
        if (wakes.size === 0 && readers.get(stream) === wakes) readers.delete(stream);
      };
    },
    subscribeAll(wake) {
      watchers.add(wake);
      return () => watchers.delete(wake);
    },
    async close() {
      closed = true;
      clearTimeout(retry);
      clearInterval(beat);
      await client?.end().catch(() => {});
    },
  };
};
