import type { ApiClient } from '../../../client/api.ts';
import { EverturnError } from '../../../contracts/errors.ts';
import type { AppState } from '../../state.ts';
import type { Action } from '../state/actions.ts';

/** What effects see of the app: its state, the way to change it, and the API with the current token. */
export type Store = {
  get(): AppState;
  dispatch(action: Action): void;
  api(): ApiClient;
};

export const asError = (cause: unknown): EverturnError =>
  cause instanceof EverturnError ? cause : new EverturnError('internal', String(cause), { cause });

let lastNotice = 0;
const shownMs = { info: 5_000, error: 12_000 };

export const notify = ({ dispatch }: Store, tone: 'info' | 'error', text: string): void => {
  lastNotice += 1;
  const id = lastNotice;
  dispatch({ type: 'notice', notice: { id, tone, text } });
  setTimeout(() => dispatch({ type: 'notice-dismissed', id }), shownMs[tone]);
};

/** Shows a failure; a refused token leads to the screen that asks for one. */
export const reportFailure = (store: Store, cause: unknown): void => {
  const error = asError(cause);
  if (error.code === 'unauthorized') store.dispatch({ type: 'token-refused', reason: error.message });
  else notify(store, 'error', error.message);
};
