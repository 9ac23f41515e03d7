import type { StepAttempt } from '../run/attempt.ts';
import { hashOf } from '../run/hash.ts';
import { closeWorktree, isInRepository, openWorktree } from './worktree.ts';

const nameOf = (key: string, attempt: number): string => `${hashOf(key).slice(0, 16)}-${attempt}`;
const isIsolated = ({ call }: StepAttempt): boolean => call?.params.isolation === 'worktree';

/** Where the agent of an attempt works: the run's workspace, or a worktree of its own. */
export const workspaceOf = async (attempt: StepAttempt): Promise<string> => {
  const { known, key, commandEnv: env } = attempt;
  const { workspace } = known.run;
  return isIsolated(attempt) ? await openWorktree({ workspace, name: nameOf(key, attempt.attempt), env }) : workspace;
};

/** Far below the time limit of the activity: the step's end is recorded after it. */
const maxTidyMs = 20_000;

/** Of all attempts: where the worktrees are that changed files. */
const closeAll = async ({ known, key, attempt, commandEnv: env }: StepAttempt, signal: AbortSignal) => {
  const { workspace } = known.run;
  const kept: string[] = [];
  for (let number = 1; number <= attempt; number += 1) {
    signal.throwIfAborted();
    const folder = await closeWorktree({ workspace, name: nameOf(key, number), env, signal });
    if (folder) kept.push(folder);
  }
  return kept.length === 0 ? null : `It changed files: its worktree is kept at ${kept.join(', ')}`;
};

/**
 * Removes the worktrees of all attempts that changed nothing, and says where the others are. The end of the step waits
 * for it, so it never throws and takes a bounded time: what cannot be tidied stays, and the reason says so.
 */
export const closeWorktrees = async (attempt: StepAttempt): Promise<string | null> => {
  // Without a repository nothing was opened that could be tidied.
  if (!isIsolated(attempt) || !isInRepository(attempt.known.run.workspace)) return null;
  const signal = AbortSignal.timeout(maxTidyMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`git took longer than ${maxTidyMs / 1000} s`)));
  });
  try {
    return await Promise.race([closeAll(attempt, signal), late]);
  } catch (error) {
    return `Cannot tidy its worktree, which is left as it is: ${error instanceof Error ? error.message : String(error)}`;
  }
};
