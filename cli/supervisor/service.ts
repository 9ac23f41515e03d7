/** One process of the stack while it runs. */
export type Running = {
  pid: number;
  /** How it ended, once it has. Never rejects. */
  exited: Promise<string>;
  /** Bounded; resolves when it is gone. */
  stop(): Promise<void>;
  /** Over the channel between us, where there is one. */
  send?(message: object): void;
};

/** Called with a process as soon as it exists, before it serves. */
export type Spawned = (pid: number, workerId?: string) => void;

/** How to bring up one process of the stack, again and again. */
export type Service = {
  name: string;
  log: string;
  /** Resolves when it serves. Rejects when it ends before, or does not come up. */
  start(spawned: Spawned): Promise<Running>;
  /** Called at once when it has ended by itself, before it is started again. */
  died?(): Promise<void>;
};
