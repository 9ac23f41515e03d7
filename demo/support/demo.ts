import { now, until } from './clock.ts';
import { createProject } from './project.ts';
import { createStack } from './stack.ts';

/** What the stack of a demo asks in place of a provider. */
type Model = { url: string; close(): Promise<void> };

type Options<OwnModel extends Model> = {
  openModel(): Promise<OwnModel>;
  /** As everturn.yaml has them. */
  limits?: Record<string, number>;
  more?: Record<string, unknown>;
  env?: Record<string, string>;
  keep?: boolean;
};

type Parts = {
  /** Before the stack starts. */
  prepare?(): Promise<unknown>;
  play(): Promise<void>;
  /** When the stack is down, and its folder is still there. */
  afterwards?(): Promise<void> | void;
};

/** A demo on a real stack of its own. */
export const openDemo = async <OwnModel extends Model>(options: Options<OwnModel>) => {
  const startedAt = now();
  const model = await options.openModel();
  const bare = await createProject(model.url, options.limits, options.more);
  const project = { ...bare, env: { ...bare.env, ...options.env } };
  const stack = createStack(project);
  /** What is not as promised, one line each. */
  const faults: string[] = [];
  const interrupting = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupting.abort());
  /** On standard error, with the seconds since the start: standard output is the report's alone. */
  const progress = (line: string): void =>
    console.error(`${((now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}`);

  /** Resolves with the time it took. A part that throws, and a process that outlives `everturn down`, are faults. */
  const run = async ({ prepare, play, afterwards }: Parts): Promise<number> => {
    try {
      await prepare?.();
      progress(`everturn up in ${project.folder}`);
      await stack.up();
      await play();
    } catch (error) {
      faults.push((error as Error).message);
    } finally {
      progress('everturn down');
      await stack.down().catch((error: Error) => faults.push(error.message));
      await afterwards?.();
      await until('the end of all processes', () => stack.left().length === 0, 10_000).catch(() => undefined);
      for (const left of stack.left()) faults.push(`still running after "everturn down": ${left}`);
      await model.close();
      if (!options.keep) await project.remove();
    }
    return now() - startedAt;
  };

  /** Ctrl-C: ends the demo early; it still cleans up. */
  const throwIfInterrupted = (): void => {
    if (interrupting.signal.aborted) throw new Error('Interrupted');
  };

  return { model, project, stack, faults, interrupted: interrupting.signal, throwIfInterrupted, progress, run };
};
