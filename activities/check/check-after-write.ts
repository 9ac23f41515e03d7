import { autoFixIn } from '../../contracts/auto-fix.ts';
import type { SystemBody } from '../../contracts/chunks.ts';
import { dataFoldersOf } from '../../files/closed.ts';
import type { Check } from '../../store/checks.ts';
import { type Operation, operationKey } from '../../store/operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { killOrphans } from '../tools/orphans.ts';
import { quote } from '../tools/text.ts';
import type { Attempt } from '../turn/attempt.ts';
import { askToCheck } from './ask-to-check.ts';
import { findCheck } from './find-check.ts';
import { runCheck } from './run-check.ts';

/** `told`: the text for the model. `shown`: the text for users. */
export type CheckNote = { told: SystemBody | null; shown: SystemBody[] };
const nothing: CheckNote = { told: null, shown: [] };

const secondsOf = ({ durationMs }: Check): string => `${(durationMs / 1000).toFixed(1)} s`;

const noteOf = (check: Check, seconds: number): CheckNote => {
  const words = quote(check.command.join(' '));
  const shown = (text: string): SystemBody => ({ kind: 'system', label: 'notice', text });
  if (check.status === 'ok')
    return { told: null, shown: [shown(`Checked with ${words}: it passed in ${secondsOf(check)}.`)] };
  if (check.status === 'skipped')
    return { told: null, shown: [shown(`Not checked with ${words}: it was not allowed.`)] };
  const how = check.status === 'timed_out' ? `did not end within ${seconds} s` : `failed after ${secondsOf(check)}`;
  const text = `After your changes, ${words} ${how}:\n${check.output.trim() || '[No output]'}\nFix what your changes have broken before you continue.`;
  return { told: { kind: 'system', label: 'notice', text, code: 'check_failed', isSaid: true }, shown: [] };
};

type Options = { operation: Operation; workspace: string; isLast: boolean };

/**
 * Runs the check command of a workspace after a step that changed files, once; an attempt that comes later reads how it
 * ended. Throws when the attempt is cancelled.
 */
export const createCheckAfterWrite =
  ({ store, autoFix, commandEnv: env, confinement, workspace: project }: Dependencies) =>
  async ({ operation, workspace, isLast }: Options, attempt: Pick<Attempt, 'signal' | 'hold'>): Promise<CheckNote> => {
    if (operation.step < 2 || isLast) return nothing;
    const settings = autoFixIn(autoFix, workspace);
    const state = await store.checks.state(operation);
    if (!state?.hasWritten) return nothing;
    const mode = state.choice ?? settings.mode;
    const { seconds } = settings;
    if (state.check) return noteOf(state.check, seconds);
    if (mode === 'off' || state.failures >= settings.rounds) return nothing;
    const [program, ...args] = settings.command ?? [];
    const where = { workspace, dataFolders: dataFoldersOf(project) };
    const command = program === undefined ? await findCheck(where) : ([program, ...args] as [string, ...string[]]);
    if (!command) return nothing;
    const key = `${operationKey(operation)}/check`;
    if (mode === 'ask') {
      // Once a turn is enough.
      if (state.wasSkipped) return nothing;
      const wish = await askToCheck(store, { operation, command, seconds }, attempt);
      if (wish === 'always' || wish === 'never')
        await store.checks.choose(operation.sessionId, wish === 'always' ? 'on' : 'off');
      if (wish === 'never' || wish === 'skip') {
        const skipped: Check = { command, status: 'skipped', output: '', durationMs: 0 };
        await store.checks.record(operation, skipped);
        return noteOf(skipped, seconds);
      }
    }
    await attempt.hold();
    await killOrphans(key);
    const { signal } = attempt;
    const check = await runCheck(command, { workspace, signal, env, confinement, key, seconds });
    await store.checks.record(operation, check);
    return noteOf(check, seconds);
  };
