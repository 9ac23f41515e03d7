import { EverturnError } from '../contracts/errors.ts';
import { maxFollowed, placeText, type StreamPlace } from '../contracts/place.ts';
import { type ConnectionDetail, type ConnectionState, keepConnected, type Timing } from './connection.ts';
import { errorOfProblem } from './errors.ts';
import type { SseMessage } from './sse.ts';

/** A message of one stream, as it came. */
export type StreamMessage = { event: string; position: number; data: string };

export type Subscriber = {
  onMessage(message: StreamMessage): void;
  /** No such stream, or too many are followed. No events follow. */
  onRefused(error: EverturnError): void;
};

export type StreamsOptions = {
  /** Opens a connection that carries these streams, and wake-ups for lists. */
  open(follow: readonly string[], signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Of the one connection. `failed`: nothing is tried until `retry`, or until another stream is followed. */
  onState(state: ConnectionState, detail: ConnectionDetail): void;
  onSilence(since: number | null): void;
  /** What changed in the lists, as JSON; null: anything may have, since wake-ups are not repeated. */
  onChange(change: string | null): void;
  timing?: Timing;
};

export type Streams = {
  /** From a snapshot, or from what comes after a position. Gives the function that ends it. */
  follow(place: StreamPlace, subscriber: Subscriber): () => void;
  /** Reconnects at once, unless the connection is known to be good. */
  retry(): void;
  close(): void;
};

type Subscription = { stream: string; position: number | undefined; subscriber: Subscriber };
/** Subscriptions that are at the same place of the same stream: it is sent once for all of them. */
type Group = { place: StreamPlace; members: Subscription[] };

/** Changes within this time share one connection. */
const gatherMs = 5;
const defaultSilentMs = 5_000;

/**
 * Follows any number of streams over one connection. Another set of streams takes another connection, which resumes each
 * stream after what was handed over; the one before carries on until the new one has its head, so that no page waits and
 * no wake-up is missed. Events that both bring are handed over once, by their positions.
 */
export const createStreams = (options: StreamsOptions): Streams => {
  const subscriptions = new Set<Subscription>();
  /** The connection that is listened to, and the one that is to replace it. */
  let current: AbortController | undefined;
  let next: AbortController | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let isLive = false;
  let heardAt = 0;

  const isGood = (): boolean => isLive && Date.now() - heardAt < (options.timing?.silentAfterMs ?? defaultSilentMs);

  const groupsNow = (): Group[] => {
    const groups = new Map<string, Group>();
    for (const subscription of subscriptions) {
      const place = { stream: subscription.stream, after: subscription.position };
      const name = placeText(place);
      const group = groups.get(name) ?? { place, members: [] };
      group.members.push(subscription);
      groups.set(name, group);
    }
    return [...groups.values()];
  };

  const refuse = (subscription: Subscription, error: EverturnError): void => {
    subscriptions.delete(subscription);
    subscription.subscriber.onRefused(error);
  };

  const deliver = (subscription: Subscription, { after }: StreamPlace, { event, data, id }: SseMessage): void => {
    if (!subscriptions.has(subscription)) return;
    if (event === 'refused') {
      refuse(subscription, errorOfProblem(JSON.parse(data)));
      return;
    }
    const position = Number(id);
    const seen = subscription.position;
    const isOld = seen !== undefined && position <= seen;
    // An unrequested snapshot replaces everything seen so far: the stream never reached that position.
    if (isOld && (event === 'event' || after === undefined)) return;
    subscription.position = position;
    subscription.subscriber.onMessage({ event, position, data });
  };

  const connect = (): void => {
    gathering = undefined;
    next?.abort();
    const mine = new AbortController();
    next = mine;
    let groups: Group[] = [];
    let group: Group | undefined;

    const takeOver = (): void => {
      if (next !== mine) return;
      next = undefined;
      current?.abort();
      current = mine;
    };

    const onState = (state: ConnectionState, detail: ConnectionDetail): void => {
      if (mine !== current && mine !== next) return;
      if (state === 'connecting') {
        if (!isLive) options.onState(state, detail);
        return;
      }
      const isWhole = state === 'live' && isGood();
      takeOver();
      isLive = state === 'live';
      if (isLive) heardAt = Date.now();
      options.onState(state, detail);
      if (isLive && !isWhole) options.onChange(null);
    };

    const onMessage = (message: SseMessage): void => {
      if (message.event === 'changed') options.onChange(message.data);
      else if (message.event === 'place') group = groups[Number(message.data)];
      else if (group) for (const member of group.members) deliver(member, group.place, message);
    };

    keepConnected({
      signal: mine.signal,
      timing: options.timing,
      open: (signal) => {
        groups = groupsNow();
        group = undefined;
        return options.open(
          groups.map(({ place }) => placeText(place)),
          signal,
        );
      },
      onState,
      onSilence: (since) => {
        if (mine === current || (mine === next && !isLive)) options.onSilence(since);
      },
      onBytes: () => {
        if (mine === current) heardAt = Date.now();
      },
      onMessage,
    }).catch(() => {
      // `onState` reported it.
    });
  };

  const connectSoon = (): void => {
    gathering ??= setTimeout(connect, gatherMs);
  };
  connectSoon();

  return {
    follow: ({ stream, after }, subscriber) => {
      const subscription: Subscription = { stream, position: after, subscriber };
      if (subscriptions.size >= maxFollowed) {
        const text = `Cannot follow ${stream}: ${maxFollowed} pages follow streams already. Close some of them`;
        subscriber.onRefused(new EverturnError('bad_request', text));
        return () => {};
      }
      subscriptions.add(subscription);
      connectSoon();
      return () => {
        if (subscriptions.delete(subscription)) connectSoon();
      };
    },
    retry: () => {
      if (!isGood()) connectSoon();
    },
    close: () => {
      clearTimeout(gathering);
      gathering = undefined;
      subscriptions.clear();
      next?.abort();
      current?.abort();
      next = undefined;
      current = undefined;
      isLive = false;
    },
  };
};
