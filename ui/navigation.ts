import {
  type Address,
  addressOf,
  addressOfRun,
  addressOfStart,
  addressOfWorkflow,
  parseAddress,
  type RunTab,
  type RunTarget,
  type StartTab,
} from './shell/model/address.ts';

export type Navigation = {
  /** Shows what the address names. */
  follow(): void;
  toSession(id: string | null, turn?: number): void;
  toRun(id: string, target?: RunTarget | null, tab?: RunTab, other?: string | null): void;
  toWorkflow(id: string): void;
  toStart(tab: StartTab, name?: string | null): void;
  /** Any page by its address. `replace`: without a step in the history. */
  to(address: string, replace?: boolean): void;
  /** Names a place in the open run in the address; nothing moves. */
  name(address: string): void;
};

/** The address of the page and what is shown for it. */
export const createNavigation = (show: (address: Address) => void): Navigation => {
  const follow = (): void => show(parseAddress(location.pathname, location.hash, location.search));
  const go = (address: string, replace = false): void => {
    if (location.pathname + location.search + location.hash !== address)
      history[replace ? 'replaceState' : 'pushState'](null, '', address);
    follow();
  };
  return {
    follow,
    toSession: (id, turn) => go(addressOf(id, turn === undefined ? null : { kind: 'turn', turn })),
    toRun: (id, target = null, tab, other = null) => go(addressOfRun(id, target, tab, other)),
    toWorkflow: (id) => go(addressOfWorkflow(id)),
    toStart: (tab, name = null) => go(addressOfStart(tab, name)),
    to: go,
    name: (address) => history.replaceState(null, '', address),
  };
};
