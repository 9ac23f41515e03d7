import type { Want } from '../../store/streams.ts';

/** The text of all events up to a position, sent at once. Viewers at the same place share it. */
export type Page = { position: number; text: string; isFull: boolean };

/** `undefined`: the viewer has left. */
type Asking = { resolve(text: string | undefined): void; reject(error: unknown): void };

export type Viewer = {
  readonly stream: string;
  readonly position: number;
  /** Too far behind to read together with the others. */
  readonly isBehind: boolean;
  /** Whether it waits and nothing says that its stream has grown. */
  readonly isIdle: boolean;
  /** The stream may have grown. */
  wake(): void;
  /** The next text; one call at a time. */
  next(): Promise<string | undefined>;
  /** A read for it begins: what wakes it from now on asks for another one. */
  begin(): void;
  /** What the read gave; `undefined`: nothing new. */
  take(page: Page | undefined): void;
  fail(error: unknown): void;
  leave(): void;
};

/**
 * One viewer's place in its stream. It asks for a page once it has sent the one before, so a slow one holds one page
 * and not more. `queue` is called when it waits for a read, once for each.
 */
export const createViewer = (
  { stream, after }: Want,
  isFarBehind: boolean,
  queue: (viewer: Viewer) => void,
): Viewer => {
  let position = after;
  let isBehind = isFarBehind;
  let isStale = true;
  let isServed = false;
  let asking: Asking | undefined;

  const request = (): void => {
    if (!asking || !isStale || isServed) return;
    isServed = true;
    queue(viewer);
  };

  const answer = (give: (asked: Asking) => void): void => {
    const asked = asking;
    asking = undefined;
    if (asked) give(asked);
  };

  const viewer: Viewer = {
    stream,
    get position() {
      return position;
    },
    get isBehind() {
      return isBehind;
    },
    get isIdle() {
      return asking !== undefined && !isStale && !isServed;
    },
    wake() {
      isStale = true;
      request();
    },
    next: () =>
      new Promise((resolve, reject) => {
        asking = { resolve, reject };
        request();
      }),
    begin() {
      isStale = false;
    },
    take(page) {
      isServed = false;
      if (!page) return request();
      position = page.position;
      isBehind = page.isFull;
      isStale ||= page.isFull;
      answer(({ resolve }) => resolve(page.text));
    },
    fail(error) {
      isServed = false;
      isStale = true;
      answer(({ reject }) => reject(error));
    },
    leave: () => answer(({ resolve }) => resolve(undefined)),
  };
  return viewer;
};
