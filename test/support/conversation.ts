import type { TurnStatus } from '../../contracts/events.ts';
import type { SessionView } from '../../contracts/view.ts';
import type { Stack } from './stack.ts';
import { until } from './until.ts';

export type SettledTurn = { status: TurnStatus; code: string | null; view: SessionView };

/** Waits for the end of a turn, as a viewer of the API sees it. */
export const settled = (stack: Stack, sessionId: string, turn: number): Promise<SettledTurn> =>
  until(`turn ${turn} of ${sessionId} to settle`, async () => {
    const { view } = await stack.api.getSession(sessionId);
    const state = view.turns[turn];
    return state && state.status !== 'running' ? { status: state.status, code: state.code, view } : undefined;
  });

/** The kinds of the conversation's chunks in transcript order. */
export const kinds = (view: SessionView): string[] => view.chunks.map(({ body }) => body.kind);
