import type { ApiClient } from '../../client/api.ts';
import { tailSession } from '../../client/tail.ts';
import type { StreamEvent } from '../../contracts/events.ts';
import { reduce, type SessionView } from '../../contracts/view.ts';
import { now, until } from '../support/clock.ts';
import { tapped, type Wire } from './tap.ts';

export type SeenEvent = { at: number; event: StreamEvent['event'] };

/** Somebody who watches a session all the time, as the console does, and never reloads. */
export const openViewer = (api: ApiClient, sessionId: string, expectedText: string) => {
  const wire: Wire = { connections: 0, faults: [] };
  const faults: string[] = [];
  const seen: SeenEvent[] = [];
  const closing = new AbortController();
  let view: SessionView | undefined;
  let snapshots = 0;

  /** At every moment the growing reply is the beginning of what the model says. */
  const checkLive = (): void => {
    for (const { call, parts, fence } of view?.live ?? []) {
      if (call !== null) continue;
      for (const { kind, text } of parts) {
        if (kind === 'text' && !expectedText.startsWith(text)) {
          faults.push(`the live reply (attempt ${fence}) was not the beginning of the text: …${text.slice(-60)}`);
        }
      }
    }
  };

  const following = tailSession(tapped(api, wire), sessionId, {
    signal: closing.signal,
    onSnapshot: (snapshot) => {
      snapshots += 1;
      view = snapshot.view;
      checkLive();
    },
    onEvent: (event) => {
      if (!view) return;
      if (event.position <= view.position) faults.push(`position ${event.position} after ${view.position}`);
      view = reduce(view, event);
      seen.push({ at: now(), event: event.event });
      checkLive();
    },
  }).catch((error: unknown) => {
    faults.push(`the client gave up: ${String(error)}`);
  });

  const liveText = (): string =>
    view?.live
      .flatMap(({ call, parts }) => (call === null ? parts : []))
      .filter(({ kind }) => kind === 'text')
      .map(({ text }) => text)
      .join('') ?? '';

  return {
    wire,
    faults,
    seen,
    liveText,
    view: () => view,
    snapshots: () => snapshots,
    saw: (what: string, fits: (event: StreamEvent['event']) => boolean): Promise<SeenEvent> =>
      until(`the client to see ${what}`, () => {
        if (faults.some((fault) => fault.startsWith('the client gave up'))) throw new Error(faults.join('; '));
        return seen.find(({ event }) => fits(event));
      }),
    async close(): Promise<void> {
      closing.abort();
      await following;
    },
  };
};

export type Viewer = ReturnType<typeof openViewer>;
