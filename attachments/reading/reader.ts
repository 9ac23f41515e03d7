import { type ChildProcess, fork } from 'node:child_process';
import { EverturnError } from '../../contracts/errors.ts';
import { kernelText } from '../../files/kernel.ts';
import { moduleFile } from '../../files/module-file.ts';
import { endWithUs } from '../../files/reaper.ts';
import type { AttachmentRow } from '../../store/attachments.ts';
import { Damaged } from '../damaged.ts';
import type { Answer, Job } from './job.ts';

type Task = Omit<Job, 'job'>;

export type Reader = {
  /** Throws `Damaged` for what is not taken, and `attachments_busy`. */
  read(task: Task): Promise<AttachmentRow>;
  /** Starts the process, so that it is there when the bytes are. */
  warm(): void;
  /** Of the process that reads now. */
  pid(): number | undefined;
  close(): Promise<void>;
};

export type ReaderOptions = {
  /** For one attachment. */
  timeoutMs?: number;
  /** Of the process that reads; only Linux can tell. */
  maxMemory?: number;
  /** Attachments that may wait. */
  maxWaiting?: number;
  /** After so long without work the process ends. */
  idleMs?: number;
};

const module = moduleFile(import.meta.dirname, 'process');
const memoryEveryMs = 50;

const memoryOf = (pid: number): number => {
  if (process.platform !== 'linux') return 0;
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(kernelText(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
};

/** A process of its own, so that what crashes a decoder, fills memory or never ends costs nothing but the attachment. */
const start = (): ChildProcess => {
  const child = fork(module, {
    // Nothing of our environment: what it reads comes from strangers.
    env: {
      PATH: process.env.PATH ?? '',
      MALLOC_ARENA_MAX: '2',
      ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
    },
    // The bytes of one attachment go before the next step needs memory.
    execArgv: ['--max-old-space-size=256', '--no-warnings', '--expose-gc'],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.unref();
  child.channel?.unref();
  if (child.pid !== undefined) {
    // One that is in the middle of a decoder never sees that we are gone.
    const callOff = endWithUs({ pid: child.pid });
    child.once('exit', callOff);
  }
  return child;
};

/** One process, one attachment at a time; the others wait in order. */
export const createReader = ({
  timeoutMs = 20_000,
  maxMemory = 768 * 1024 * 1024,
  maxWaiting = 32,
  idleMs = 30_000,
}: ReaderOptions = {}): Reader => {
  let child: ChildProcess | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  let number = 0;
  let isClosed = false;
  let idle: NodeJS.Timeout | undefined;

  const stop = (): void => {
    child?.kill('SIGKILL');
    child = null;
  };

  const rest = (): void => {
    clearTimeout(idle);
    idle = setTimeout(stop, idleMs);
    idle.unref();
  };

  const ask = (task: Task): Promise<AttachmentRow> =>
    new Promise((resolve, reject) => {
      const asked = child ?? start();
      child = asked;
      const job = ++number;
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        clearInterval(watch);
        asked.off('message', hear);
        asked.off('exit', died);
        asked.off('error', died);
        settle();
      };
      const kill = (why: string): void =>
        end(() => {
          stop();
          reject(new Damaged(why));
        });
      const hear = (answer: Answer): void => {
        if (answer.job !== job) return;
        end(() => {
          if ('row' in answer) resolve(answer.row);
          else if ('refused' in answer) reject(new Damaged(answer.refused));
          else reject(new Error(`An attachment could not be read: ${answer.defect}`));
        });
      };
      const died = (): void => kill('reading it ended the process that reads attachments');
      const timer = setTimeout(() => kill(`reading it took over ${timeoutMs / 1000} s`), timeoutMs);
      const watch = setInterval(() => {
        const bytes = memoryOf(asked.pid ?? 0);
        if (bytes > maxMemory) kill(`reading it took over ${Math.round(maxMemory / 1024 / 1024)} MB of memory`);
      }, memoryEveryMs);
      asked.on('message', hear);
      asked.on('exit', died);
      asked.on('error', died);
      asked.send({ job, ...task } satisfies Job, (error) => error && died());
    });

  return {
    async read(task) {
      if (isClosed || waiting >= maxWaiting) {
        const why = isClosed ? 'the process is stopping' : `${waiting} others wait to be read`;
        throw new EverturnError('attachments_busy', `Cannot attach it now: ${why}. Try again`);
      }
      waiting += 1;
      const turn = last.then(() => {
        clearTimeout(idle);
        return ask(task);
      });
      last = turn
        .catch(() => {})
        .then(() => {
          waiting -= 1;
          if (waiting === 0) rest();
        });
      return await turn;
    },
    warm() {
      if (isClosed || child) return;
      child = start();
      child.send('warm');
      rest();
    },
    pid: () => child?.pid,
    async close() {
      isClosed = true;
      await last;
      clearTimeout(idle);
      stop();
    },
  };
};
