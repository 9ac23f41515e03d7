import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { StringDecoder } from 'node:string_decoder';
import type { CommandOrders } from '../../../store/commands.ts';
import { maxOutput } from '../../../store/commands.ts';
import type { Store } from '../../../store/store.ts';
import type { Confinement, Program } from '../confine/confinement.ts';
import { failed } from '../failed.ts';
import { callVariable, killOrphans } from '../orphans.ts';
import { endGroup } from '../process-group.ts';

const tickMs = 200;
const maxPerSession = 16;

export type Started = {
  id: string;
  sessionId: string;
  description: string | null;
  idempotencyKey: string;
  confinement: Confinement;
  program: Program;
};

type Running = {
  child: ChildProcess;
  /** What it wrote since the last tick; `skipped` characters before that are not kept. */
  fresh: string;
  skipped: number;
  isStopped: boolean;
  stop(): Promise<void>;
  ended: Promise<void>;
};

/** Keeps the commands that run in the background of this process: they end with it, and with their sessions. */
export const createKeeper = ({ commands }: Pick<Store, 'commands'>, workerId: string) => {
  const running = new Map<string, Running>();
  let timer: NodeJS.Timeout | null = null;
  let ticking: Promise<void> = Promise.resolve();

  const flush = async (id: string, one: Running): Promise<void> => {
    if (one.fresh === '') return;
    const { fresh, skipped } = one;
    Object.assign(one, { fresh: '', skipped: 0 });
    await commands.append(id, fresh, skipped);
  };

  const obey = ({ id, isOver, isStopping, inputs }: CommandOrders): void => {
    const one = running.get(id);
    if (!one) return;
    for (const { text, closes } of inputs) {
      if (text !== '') one.child.stdin?.write(text);
      if (closes) one.child.stdin?.end();
    }
    if (isOver || isStopping) void one.stop();
  };

  const tick = async (): Promise<void> => {
    const ids = [...running.keys()];
    if (ids.length === 0) return;
    for (const [id, one] of running) await flush(id, one);
    for (const orders of await commands.orders(ids)) obey(orders);
  };

  const watch = (): void => {
    timer ??= setInterval(() => {
      // What cannot be written now is written with the next tick.
      ticking = ticking.then(tick).catch(() => undefined);
    }, tickMs);
  };

  const keep = (one: Running, stream: 'stdout' | 'stderr'): void => {
    const decoder = new StringDecoder('utf8');
    one.child[stream]?.on('data', (data: Buffer) => {
      const text = one.fresh + decoder.write(data);
      const over = Math.max(0, text.length - maxOutput);
      Object.assign(one, { fresh: text.slice(over), skipped: one.skipped + over });
    });
  };

  const follow = (
    { id, idempotencyKey, confinement }: Started,
    child: ChildProcess,
    endProgram: () => Promise<unknown>,
  ): Running => {
    const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    );
    let stopping: Promise<void> | null = null;
    const end = async (): Promise<void> => {
      const { code, signal } = await exit;
      if (child.pid !== undefined) await endGroup(child.pid);
      if (!confinement.endsAll) await killOrphans(idempotencyKey);
      await endProgram();
      await flush(id, one).catch(() => undefined);
      running.delete(id);
      if (running.size === 0 && timer) {
        clearInterval(timer);
        timer = null;
      }
      const status = one.isStopped ? 'stopped' : 'exited';
      await commands.end(id, { status, exitCode: code, signal }).catch(() => undefined);
    };
    const one: Running = {
      child,
      fresh: '',
      skipped: 0,
      isStopped: false,
      stop: () => {
        one.isStopped = true;
        stopping ??= child.pid === undefined ? Promise.resolve() : endGroup(child.pid);
        return stopping;
      },
      ended: Promise.resolve(),
    };
    one.ended = end();
    return one;
  };

  return {
    /** Throws `tool_failed`, and the system's error when the program cannot be started. */
    async start(given: Started): Promise<void> {
      const { id, sessionId, description, confinement, program, idempotencyKey } = given;
      const isAdded = await commands.add({ id, sessionId, argv: program.argv, description, workerId }, maxPerSession);
      if (!isAdded)
        throw failed(`this session has ${maxPerSession} commands in the background; stop one with command_stop`);
      try {
        const env = { ...program.env, [callVariable]: idempotencyKey };
        const started = confinement.start({ ...program, env, input: true });
        const { child } = started;
        child.stdin?.on('error', () => undefined);
        if (child.pid === undefined) throw (await once(child, 'error'))[0];
        const one = follow(given, child, () => started.end());
        running.set(id, one);
        for (const stream of ['stdout', 'stderr'] as const) keep(one, stream);
        watch();
      } catch (error) {
        await commands.end(id, { status: 'exited', exitCode: null, signal: null });
        throw error;
      }
    },

    /** Ends all of them. */
    async close(): Promise<void> {
      const all = [...running.values()];
      await Promise.all(all.map((one) => one.stop()));
      await Promise.all(all.map(({ ended }) => ended));
      await ticking;
    },
  };
};

export type Keeper = ReturnType<typeof createKeeper>;
