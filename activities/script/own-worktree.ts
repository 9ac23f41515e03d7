import type { StepAttempt } from '../run/attempt.ts';
import { hashOf } from '../run/hash.ts';
import { closeWorktree, openWorktree } from './worktree.ts';

const nameOf = (key: string, attempt: number): string => `${hashOf(key).slice(0, 16)}-${attempt}`;
const isIsolated = ({ call }: StepAttempt): boolean => call?.params.isolation === 'worktree';

/** Where the agent of an attempt works: the run's workspace, or a worktree of its own. */
export const workspaceOf = async (attempt: StepAttempt): Promise<string> => {
  const { known, key, commandEnv: env } = attempt;
  const { workspace } = known.run;
  return isIsolated(attempt) ? await openWorktree({ workspace, name: nameOf(key, attempt.attempt), env }) : workspace;
};

/** Removes the worktrees of all attempts that changed nothing, and says where the others are. */
export const closeWorktrees = async (attempt: StepAttempt): Promise<string | null> => {
  if (!isIsolated(attempt)) return null;
  const { known, key, commandEnv: env } = attempt;
  const { workspace } = known.run;
  const kept: string[] = [];
  for (let number = 1; number <= attempt.attempt; number += 1) {
    const folder = await closeWorktree({ workspace, name: nameOf(key, number), env });
    if (folder) kept.push(folder);
  }
  return kept.length === 0 ? null : `It changed files: its worktree is kept at ${kept.join(', ')}`;
};
