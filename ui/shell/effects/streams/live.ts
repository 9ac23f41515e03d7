import type { StreamMessage } from '../../../../client/streams.ts';
import { EverturnError } from '../../../../contracts/errors.ts';
import type { StreamPlace } from '../../../../contracts/place.ts';
import type { Connection } from '../../model/connection.ts';
import type { Carried, Carrier } from './carrier.ts';
import type { Link, SentError, ToPage } from './wire.ts';

export type Follower = {
  onMessage(message: StreamMessage): void;
  onRefused(error: EverturnError): void;
  onConnection(connection: Connection): void;
};

export type Watcher = {
  /** As JSON; null: anything may have changed. */
  onChange(change: string | null): void;
  onConnection(connection: Connection): void;
};

export type Live = {
  start(token: string | null): void;
  stop(): void;
  /** Gives the function that ends it. Kept over restarts: what was seen last is where it goes on. */
  follow(place: StreamPlace, follower: Follower): () => void;
  watch(watcher: Watcher): () => void;
  retry(): void;
};

export type LiveOptions = {
  carry(carried: Carried): Carrier;
  carryAlone(carried: Carried): Carrier;
  /** What is known of why nothing comes. */
  why(signal: AbortSignal): Promise<string | null>;
};

type Followed = { place: StreamPlace; follower: Follower };

const pingMs = 10_000;
/** Pings without an answer after which the carrier is given up. */
const maxMissed = 2;
/** A hidden page that does not share a connection closes its own after this time: the browser allows six. */
const hiddenMs = 5_000;

const errorOf = ({ code, message, details }: SentError): EverturnError =>
  new EverturnError(code, message, details ? { details } : {});

const connectionOf = (link: Link): Connection => ('error' in link ? { ...link, error: errorOf(link.error) } : link);

/** The streams of this page, by a shared worker or by a connection of its own. */
export const createLive = ({ carry, carryAlone, why }: LiveOptions): Live => {
  const follows = new Map<number, Followed>();
  const watchers = new Set<Watcher>();
  let lastKey = 0;
  let token: string | null = null;
  let carrier: Carrier | undefined;
  let missed = 0;
  let stopping = new AbortController();
  let asking = new AbortController();
  let connection: Connection = { state: 'connecting' };

  const notify = (now: Connection): void => {
    asking.abort();
    // Another page has begun to follow something: that is no news here.
    if (now.state === 'live' && connection.state === 'live') return;
    connection = now;
    for (const { follower } of follows.values()) follower.onConnection(now);
    for (const watcher of watchers) watcher.onConnection(now);
  };

  const notifySilence = (since: number): void => {
    notify({ state: 'silent', since, reason: null });
    asking = new AbortController();
    const { signal } = asking;
    void why(signal).then((reason) => {
      if (!signal.aborted && reason !== null) notify({ state: 'silent', since, reason });
    });
  };

  const begin = (): void => {
    missed = 0;
    carrier?.send({ type: 'begin', token });
    for (const [key, { place }] of follows) carrier?.send({ type: 'follow', key, place });
  };

  const onMessage = ({ key, message }: Extract<ToPage, { type: 'message' }>): void => {
    const followed = follows.get(key);
    if (!followed) return;
    followed.place = { ...followed.place, after: message.position };
    followed.follower.onMessage(message);
  };

  const onRefused = ({ key, error }: Extract<ToPage, { type: 'refused' }>): void => {
    const followed = follows.get(key);
    follows.delete(key);
    followed?.follower.onRefused(errorOf(error));
  };

  const onNews = (news: ToPage): void => {
    missed = 0;
    if (news.type === 'message') onMessage(news);
    else if (news.type === 'refused') onRefused(news);
    else if (news.type === 'link') notify(connectionOf(news.link));
    else if (news.type === 'silence' && news.since === null) notify({ state: 'live' });
    else if (news.type === 'silence' && news.since !== null) notifySilence(news.since);
    else if (news.type === 'change') for (const watcher of watchers) watcher.onChange(news.change);
    else if (news.type === 'forgotten') begin();
  };

  /** News of a carrier that was given up come too late. */
  const start = (by: LiveOptions['carry']): void => {
    carrier?.close();
    const mine: { carrier?: Carrier } = {};
    const isMine = (): boolean => mine.carrier !== undefined && mine.carrier === carrier;
    mine.carrier = by({
      onNews: (news) => {
        if (isMine()) onNews(news);
      },
      onGone: () => {
        if (isMine()) start(carryAlone);
      },
    });
    carrier = mine.carrier;
    begin();
  };

  const ping = (): void => {
    if (!carrier) return;
    if (missed >= maxMissed) start(carryAlone);
    missed += 1;
    carrier.send({ type: 'ping' });
  };

  const suspendHidden = (): void => {
    if (!document.hidden || !carrier || carrier.isShared) return;
    carrier.close();
    carrier = undefined;
  };

  const seen = (): void => {
    if (document.hidden) setTimeout(suspendHidden, hiddenMs);
    else if (carrier) {
      carrier.send({ type: 'ping' });
      carrier.send({ type: 'retry' });
    } else start(carryAlone);
  };

  return {
    start: (withToken) => {
      stopping.abort();
      stopping = new AbortController();
      const { signal } = stopping;
      token = withToken;
      notify({ state: 'connecting' });
      start(carry);
      const timer = setInterval(ping, pingMs);
      signal.addEventListener('abort', () => clearInterval(timer), { once: true });
      document.addEventListener('visibilitychange', seen, { signal });
      addEventListener('online', seen, { signal });
      // A page that is kept for the way back has said that it is gone.
      addEventListener('pagehide', () => carrier?.send({ type: 'end' }), { signal });
      addEventListener('pageshow', ({ persisted }) => persisted && begin(), { signal });
    },
    stop: () => {
      stopping.abort();
      asking.abort();
      carrier?.close();
      carrier = undefined;
    },
    follow: (place, follower) => {
      lastKey += 1;
      const key = lastKey;
      follows.set(key, { place, follower });
      follower.onConnection(connection);
      carrier?.send({ type: 'follow', key, place });
      return () => {
        if (follows.delete(key)) carrier?.send({ type: 'leave', key });
      };
    },
    watch: (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    retry: () => carrier?.send({ type: 'retry' }),
  };
};
