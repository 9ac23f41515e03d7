import {
  type Address,
  addressOf,
  addressOfFlow,
  addressOfRun,
  parseAddress,
  type RunTarget,
} from './effects/address.ts';

export type Navigation = {
  /** Shows what the address names. */
  follow(): void;
  toSession(id: string | null): void;
  toRun(id: string, target?: RunTarget | null): void;
  toStart(tab: 'session' | 'flow', flow?: string | null): void;
  /** Names a place in the open run in the address; nothing moves. */
  name(address: string): void;
};

/** The address of the page and what is shown for it. */
export const createNavigation = (show: (address: Address) => void): Navigation => {
  const follow = (): void => show(parseAddress(location.pathname, location.hash));
  const go = (address: string): void => {
    if (location.pathname + location.hash !== address) history.pushState(null, '', address);
    follow();
  };
  return {
    follow,
    toSession: (id) => go(addressOf(id)),
    toRun: (id, target = null) => go(addressOfRun(id, target)),
    toStart: (tab, flow = null) => go(tab === 'flow' ? addressOfFlow(flow) : '/'),
    name: (address) => history.replaceState(null, '', address),
  };
};
