/** A worker whose workflow tasks are timed. */
export type MeasuredWorker = {
  pid: number;
  /** Milliseconds of each task since the last call, measured in the worker. */
  taskTimes(): Promise<number[]>;
  /** Runs a parent of so many agents that take 3 s. Gives the id of its workflow. */
  run(count: number): Promise<string>;
  stop(): Promise<void>;
};

export const fetchTaskTimes = async (port: number): Promise<number[]> =>
  (await (await fetch(`http://127.0.0.1:${port}`)).json()) as number[];
