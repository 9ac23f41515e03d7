import type { ToolPermission } from '../../contracts/tools.ts';
import type { ScriptedModel, ScriptedStep } from '../../test/support/scripted-model.ts';
import type { CrashStack, Target } from '../support/stack.ts';
import type { Viewer } from './viewer.ts';

export type Stage = { stack: CrashStack; model: ScriptedModel };

/** What a scenario has to play with while its turn runs. `folder` is the session's workspace. */
export type Scene = Stage & { key: string; folder: string; viewer: Viewer };

/** One turn that is disturbed once. */
export type Plan = {
  killed: readonly Target[];
  /** Where in the turn, in words. */
  moment: string;
  /** The last step's whole text; the client must end up with it. */
  text: string;
  /** Permissions of the session. Default: commands run without asking. */
  allow?: ToolPermission[];
  /** What the model answers, step by step. Gates are named by the key. */
  script(key: string): ScriptedStep[];
  prepare?(folder: string): Promise<void>;
  /** Resolves at the moment of the kill. */
  moved(scene: Scene): Promise<void>;
  /** Right after the kill. */
  afterKill?(scene: Scene): void | Promise<void>;
  /** When the stack is whole again: what else is to be done. Gives what was not as promised. */
  whole?(scene: Scene): Promise<string[]>;
  /** The states in which the tool's result may stand. */
  results: readonly string[];
};

/** So often a cut request may come again; a finished one that does is counted by the verdict. */
export const anyTimes = { min: 1, max: 20 };

/** Numbered words, so that a missing or doubled one has a name. */
export const wordsUpTo = (count: number): string =>
  Array.from({ length: count }, (_, index) => `word${String(index + 1).padStart(3, '0')}`).join(' ');
