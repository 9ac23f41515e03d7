import { emptyContext, type FormatReply, type WorkReply, type WorkRequest } from '../model/text-blocks.ts';
import textWorker from './text-worker.ts?worker&url';
import { workerAddress } from './worker-address.ts';

/** Work that takes longer is given up. Reading the worker's code, which happens once, has its own time. */
const maxWorkMs = 4_000;
const maxStartMs = 20_000;

type Answer = { reply: WorkReply<WorkRequest> } | { failure: string };
type Job = { request: WorkRequest; resolve: (reply: WorkReply<WorkRequest>) => void; reject: (cause: Error) => void };

/** One worker and what waits for it. */
class Lane {
  private readonly waiting: Job[] = [];
  private worker: Worker | undefined;
  private hasAnswered = false;
  private current: Job | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  run<R extends WorkRequest>(request: R): Promise<WorkReply<R>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve: (reply) => resolve(reply as WorkReply<R>), reject });
      this.next();
    });
  }

  /** Reads the worker's code before there is work. */
  start(): Worker {
    this.worker ??= this.create();
    return this.worker;
  }

  private create(): Worker {
    const worker = new Worker(workerAddress(textWorker), { type: 'module' });
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      this.hasAnswered = true;
      this.settle((job) => ('reply' in data ? job.resolve(data.reply) : job.reject(new Error(data.failure))));
    });
    worker.addEventListener('error', () => this.giveUp('the formatter could not be loaded'));
    return worker;
  }

  private next(): void {
    if (this.current) return;
    this.current = this.waiting.shift();
    if (!this.current) return;
    try {
      this.start().postMessage(this.current.request);
      const time = this.hasAnswered ? maxWorkMs : maxStartMs;
      this.timer = setTimeout(() => this.giveUp('it took too long'), time);
    } catch (cause) {
      this.settle((job) => job.reject(new Error(String(cause))));
    }
  }

  /** The worker may never answer again: the next work gets another one. */
  private giveUp(reason: string): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.hasAnswered = false;
    this.settle((job) => job.reject(new Error(reason)));
  }

  private settle(answer: (job: Job) => void): void {
    clearTimeout(this.timer);
    const job = this.current;
    this.current = undefined;
    if (job) answer(job);
    this.next();
  }
}

/** A long comparison does not hold up replies that are being written. */
const lanes = { format: new Lane(), compare: new Lane() };

/** Colours that take too long are left out. */
const withoutColours = <R extends WorkRequest>(request: R): R | undefined =>
  'colours' in request && request.colours ? { ...request, colours: false } : undefined;

export const textWork = async <R extends WorkRequest>(request: R): Promise<WorkReply<R>> => {
  const lane = request.kind === 'format' ? lanes.format : lanes.compare;
  try {
    return await lane.run(request);
  } catch (cause) {
    const plainer = withoutColours(request);
    if (!plainer) throw cause;
    return lane.run(plainer);
  }
};

/** Characters of the texts whose blocks are kept: a reply that comes into sight again is drawn at once. */
const maxKept = 2_000_000;
const kept = new Map<string, FormatReply>();
let keptLength = 0;

export const formatWhole = async (text: string): Promise<FormatReply> => {
  const known = kept.get(text);
  if (known) return known;
  const reply = await textWork({ kind: 'format', text, isGrowing: false, context: emptyContext, colours: true });
  if (kept.has(text)) return reply;
  kept.set(text, reply);
  keptLength += text.length;
  for (const oldest of kept.keys()) {
    if (keptLength <= maxKept) break;
    kept.delete(oldest);
    keptLength -= oldest.length;
  }
  return reply;
};

export const startTextWorker = (): void => {
  lanes.format.start();
};
