import { workerAddress } from '../../../parts/effects/worker-address.ts';
import { createHubs } from './hubs.ts';
import { openFor } from './open.ts';
import type { ToHub, ToPage } from './wire.ts';
import address from './worker.ts?sharedworker&url';

/** What carries a page's streams. */
export type Carrier = {
  /** Whether other pages of the browser use the same connection. */
  isShared: boolean;
  send(message: ToHub): void;
  close(): void;
};

export type Carried = {
  onNews(news: ToPage): void;
  /** It will never say anything again. */
  onGone(): void;
};

/** A connection of the page's own. */
export const carryAlone = ({ onNews }: Pick<Carried, 'onNews'>): Carrier => {
  const send = createHubs({ open: openFor }).connect(onNews);
  return { isShared: false, send, close: () => send({ type: 'end' }) };
};

const carryShared = ({ onNews, onGone }: Carried): Carrier => {
  const worker = new SharedWorker(workerAddress(address), { type: 'module', name: 'everturn-streams' });
  // The script is not there any more (another release was installed), or the browser refuses it.
  worker.onerror = onGone;
  worker.port.onmessage = ({ data }: MessageEvent<ToPage[]>) => {
    for (const news of data) onNews(news);
  };
  return {
    isShared: true,
    send: (message) => worker.port.postMessage(message),
    close: () => {
      worker.port.postMessage({ type: 'end' } satisfies ToHub);
      worker.port.close();
    },
  };
};

/** Shared by the pages of the browser where it has shared workers. */
export const carry = (carried: Carried): Carrier => {
  if (!('SharedWorker' in globalThis)) return carryAlone(carried);
  try {
    return carryShared(carried);
  } catch {
    return carryAlone(carried);
  }
};
