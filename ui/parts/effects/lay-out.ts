import type { Layout, LayoutInput } from '../model/layout.ts';
import address from './layout-worker.ts?worker&url';
import { workerAddress } from './worker-address.ts';

type Answer = { id: number; layout?: Layout; error?: string };
type Waiting = { resolve(layout: Layout): void; reject(error: Error): void };

let worker: Worker | undefined;
let asked = 0;
const waiting = new Map<number, Waiting>();

const fail = (message: string): void => {
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject(new Error(`Cannot lay out the graph: ${message}`));
  waiting.clear();
};

const start = (): Worker => {
  const started = new Worker(workerAddress(address), { type: 'module' });
  started.addEventListener('message', ({ data: { id, layout, error } }: MessageEvent<Answer>) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (layout) one?.resolve(layout);
    else one?.reject(new Error(`Cannot lay out the graph: ${error}`));
  });
  started.addEventListener('error', ({ message }) => fail(message || 'its worker does not start'));
  return started;
};

/** Starts the worker early, so that its code compiles while the run loads. */
export const startLayoutWorker = (): void => {
  worker ??= start();
};

/** Lays a graph out beside the page, which goes on meanwhile. */
export const layOutBeside = (input: LayoutInput): Promise<Layout> => {
  startLayoutWorker();
  const id = asked++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker?.postMessage({ id, input });
  });
};
