import type { Effects } from './effects.ts';
import type { Navigation } from './navigation.ts';
import type { Store } from './shell/effects/store.ts';
import type { Shortcut } from './shortcuts.ts';

/** What shortcuts act on. */
export type Actors = {
  store: Store;
  navigation: Navigation;
  effects: Effects;
  find(name: string): HTMLElement | null;
};

/** The neighbour of what is open in the list that is shown. */
const toNeighbour = ({ store, navigation }: Actors, by: 1 | -1): void => {
  const { shell, sessions, runs, conversation, run } = store.get();
  const isRuns = shell.railList === 'runs';
  const ids = (isRuns ? runs.items : sessions.items).map(({ id }) => id);
  const next = ids[ids.indexOf((isRuns ? run?.runId : conversation?.sessionId) ?? '') + by];
  if (next === undefined) return;
  if (isRuns) navigation.toRun(next);
  else navigation.toSession(next);
};

/** Does what a shortcut asks for. Whether there was something to do. */
export const act = (shortcut: Shortcut, actors: Actors): boolean => {
  const { store, navigation, effects, find } = actors;
  switch (shortcut) {
    case 'write':
      find('ev-composer, ev-new-session, ev-start')?.focus();
      return true;
    case 'new-session':
    case 'inbox':
    case 'subagents':
    case 'help':
    case 'palette':
      store.dispatch({ type: 'panel', panel: shortcut });
      return true;
    case 'flow':
    case 'script':
      navigation.toStart(shortcut);
      return true;
    case 'search':
    case 'runs': {
      const list = shortcut === 'runs' ? 'runs' : 'sessions';
      const isShown = store.get().shell.railList === list;
      store.dispatch({ type: 'rail', open: true });
      store.dispatch({ type: 'rail-list', list });
      if (isShown) find('ev-rail')?.focus();
      // Another list comes with the next drawing.
      else requestAnimationFrame(() => find('ev-rail')?.focus());
      return true;
    }
    case 'above':
      toNeighbour(actors, -1);
      return true;
    case 'below':
      toNeighbour(actors, 1);
      return true;
    case 'end':
      find('ev-conversation')?.dispatchEvent(new Event('to-end'));
      return find('ev-conversation') !== null;
    case 'stop':
      if (store.get().shell.railOpen) store.dispatch({ type: 'rail', open: false });
      else effects.session.cancel();
      return true;
  }
};
