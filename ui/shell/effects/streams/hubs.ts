import { createStreams, type Streams, type StreamsOptions } from '../../../../client/streams.ts';
import { EverturnError } from '../../../../contracts/errors.ts';
import type { Link, SentError, ToHub, ToPage } from './wire.ts';

type Post = (news: ToPage) => void;
type Hub = { streams: Streams; join(page: Post): void; leave(page: Post): void };
type Member = { hub: Hub; ends: Map<number, () => void>; seenAt: number };

export type HubsOptions = {
  open(token: string | null): StreamsOptions['open'];
  timing?: StreamsOptions['timing'];
  /** A page that says nothing for so long is gone, or frozen. Pages that are hidden may speak once a minute. */
  goneAfterMs?: number;
};

const sent = ({ code, message, details }: EverturnError): SentError => ({ code, message, details });
const unknown = (): EverturnError =>
  new EverturnError('internal', 'The stream failed without a reason. Reload the page');

/** All pages with one token: they share one connection. */
const createHub = (open: StreamsOptions['open'], timing: StreamsOptions['timing'], empty: () => void): Hub => {
  const pages = new Set<Post>();
  let link: Link = { state: 'connecting' };
  let silentSince: number | null = null;
  const notify: Post = (news) => {
    for (const page of pages) page(news);
  };
  const streams = createStreams({
    open,
    ...(timing ? { timing } : {}),
    onState: (state, { error = unknown(), retryInMs = 0 }) => {
      silentSince = null;
      if (state === 'retrying') link = { state, error: sent(error), retryAt: Date.now() + retryInMs };
      else if (state === 'failed') link = { state, error: sent(error) };
      // What was said of the failure stays until it is over.
      else if (state === 'live' || link.state !== 'retrying') link = { state };
      notify({ type: 'link', link });
    },
    onSilence: (since) => {
      silentSince = since;
      notify({ type: 'silence', since });
    },
    onChange: (change) => notify({ type: 'change', change }),
  });
  return {
    streams,
    join: (page) => {
      pages.add(page);
      page({ type: 'link', link });
      if (silentSince !== null) page({ type: 'silence', since: silentSince });
      // What changed between its first look at the lists and now.
      if (link.state === 'live') page({ type: 'change', change: null });
    },
    leave: (page) => {
      pages.delete(page);
      if (pages.size > 0) return;
      streams.close();
      empty();
    },
  };
};

/** Follows streams for pages: one connection for each token, however many pages there are. */
export const createHubs = ({ open, timing, goneAfterMs = 180_000 }: HubsOptions) => {
  const hubs = new Map<string | null, Hub>();

  const hubOf = (token: string | null): Hub => {
    const known = hubs.get(token);
    if (known) return known;
    const hub = createHub(open(token), timing, () => hubs.delete(token));
    hubs.set(token, hub);
    return hub;
  };

  return {
    /** A new page. Gives the function that takes what it says. */
    connect(post: Post): (message: ToHub) => void {
      let member: Member | undefined;
      let watching: ReturnType<typeof setInterval> | undefined;

      const stand = (): void => {
        clearInterval(watching);
        for (const end of member?.ends.values() ?? []) end();
        member?.hub.leave(post);
        member = undefined;
      };

      const sit = (token: string | null): void => {
        stand();
        const hub = hubOf(token);
        const taken: Member = { hub, ends: new Map(), seenAt: Date.now() };
        member = taken;
        hub.join(post);
        watching = setInterval(() => {
          if (Date.now() - taken.seenAt > goneAfterMs) stand();
        }, goneAfterMs / 3);
      };

      const follow = ({ hub, ends }: Member, { key, place }: Extract<ToHub, { type: 'follow' }>): void => {
        const end = hub.streams.follow(place, {
          onMessage: (streamed) => post({ type: 'message', key, message: streamed }),
          onRefused: (error) => post({ type: 'refused', key, error: sent(error) }),
        });
        ends.set(key, end);
      };

      const leave = ({ ends }: Member, key: number): void => {
        ends.get(key)?.();
        ends.delete(key);
      };

      return (message) => {
        if (message.type === 'begin') sit(message.token);
        else if (message.type === 'end') stand();
        else if (!member) post({ type: 'forgotten' });
        else {
          member.seenAt = Date.now();
          if (message.type === 'follow') follow(member, message);
          else if (message.type === 'leave') leave(member, message.key);
          else if (message.type === 'ping') post({ type: 'pong' });
          else member.hub.streams.retry();
        }
      };
    },
  };
};
