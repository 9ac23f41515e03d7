import { setImmediate as turn } from 'node:timers/promises';
import { EverturnError } from '../../contracts/errors.ts';
import { runOfStream, sessionOfStream } from '../../contracts/ids.ts';
import type { Store } from '../../store/store.ts';
import type { EventText, Want } from '../../store/streams.ts';
import type { Listener } from '../../store/wakeups.ts';
import { eventMessages } from './message.ts';
import { createViewer, type Page, type Viewer } from './viewer.ts';

/** Idle viewers look again after so long even when nothing woke them: a lost wake-up only delays. */
const patienceMs = 2000;
/** Events of one stream in a shared read; a viewer with more to read reads separately, in larger pages. */
export const sharedPage = 100;
const ownPage = 500;
/** Viewers in one read. */
const maxViewers = 256;
/** Concurrent separate reads: the others keep most of the connections. */
const alone = 2;

export type StreamReader = {
  /** Where a stream ends now; 0 when it does not exist. */
  position(stream: string): Promise<number>;
  /** Messages with all events after `want`, and what comes next, until the signal aborts. */
  tail(want: Want, isFarBehind: boolean, signal: AbortSignal): AsyncGenerator<string>;
  close(): void;
};

const toPage = (events: readonly EventText[], limit: number): Page | undefined => {
  const last = events.at(-1);
  return last && { position: last.position, text: eventMessages(events), isFull: events.length >= limit };
};

/** A stream goes together with its session or run: nothing will come after this. */
const deleted = (stream: string): EverturnError => {
  const run = runOfStream(stream);
  return run === null
    ? new EverturnError(
        'session_not_found',
        `Cannot follow session ${sessionOfStream(stream)} any further: it was deleted`,
      )
    : new EverturnError('run_not_found', `Cannot follow run ${run} any further: it was deleted`);
};

/**
 * Reads for all viewers of a process. What woke while a read ran is in the next one, so that the number of reads
 * depends on how long they take, not on how many streams are watched.
 */
export const createStreamReader = (
  streams: Pick<Store['streams'], 'readAfter' | 'positions'>,
  listener: Pick<Listener, 'subscribe'>,
): StreamReader => {
  const viewers = new Set<Viewer>();
  const together: Viewer[] = [];
  const behind: Viewer[] = [];
  let isReading = false;
  let readingAlone = 0;

  /** Viewers at the same place in a stream are one want. */
  const read = async (group: readonly Viewer[], limit: number): Promise<void> => {
    for (const viewer of group) viewer.begin();
    const places = Map.groupBy(group, ({ stream, position }) => `${stream} ${position}`);
    const wants = [...places.values()].flatMap(([first]) =>
      first ? [{ stream: first.stream, after: first.position }] : [],
    );
    try {
      const read = await streams.readAfter(wants, limit);
      for (const [index, there] of [...places.values()].entries()) {
        const page = toPage(read[index] ?? [], limit);
        for (const viewer of there) viewer.take(page);
      }
    } catch (error) {
      for (const viewer of group) viewer.fail(error);
    }
  };

  const readTogether = async (): Promise<void> => {
    if (isReading) return;
    isReading = true;
    while (together.length > 0) {
      // Wake-ups of one statement arrive together: a read waits until all of them have arrived.
      await turn();
      await read(together.splice(0, maxViewers), sharedPage);
    }
    isReading = false;
  };

  const readAlone = async (): Promise<void> => {
    if (readingAlone >= alone) return;
    readingAlone += 1;
    for (let viewer = behind.shift(); viewer; viewer = behind.shift()) await read([viewer], ownPage);
    readingAlone -= 1;
  };

  const queue = (viewer: Viewer): void => {
    (viewer.isBehind ? behind : together).push(viewer);
    void (viewer.isBehind ? readAlone() : readTogether());
  };

  const lookAgain = async (): Promise<void> => {
    const idle = [...viewers].filter(({ isIdle }) => isIdle);
    if (idle.length === 0) return;
    const positions = await streams.positions([...new Set(idle.map(({ stream }) => stream))]);
    for (const viewer of idle) {
      const position = positions.get(viewer.stream);
      if (position === undefined) viewer.fail(deleted(viewer.stream));
      else if (position > viewer.position) viewer.wake();
    }
  };
  // While Postgres is away nothing has grown.
  const timer = setInterval(() => void lookAgain().catch(() => {}), patienceMs);
  timer.unref();

  return {
    position: async (stream) => (await streams.positions([stream])).get(stream) ?? 0,
    async *tail(want, isFarBehind, signal) {
      const viewer = createViewer(want, isFarBehind, queue);
      const unsubscribe = listener.subscribe(want.stream, viewer.wake);
      const leave = (): void => viewer.leave();
      signal.addEventListener('abort', leave, { once: true });
      viewers.add(viewer);
      try {
        while (!signal.aborted) {
          const text = await viewer.next();
          if (text !== undefined) yield text;
        }
      } finally {
        viewers.delete(viewer);
        signal.removeEventListener('abort', leave);
        unsubscribe();
      }
    },
    close: () => clearInterval(timer),
  };
};
