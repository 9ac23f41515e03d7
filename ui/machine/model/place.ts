import { stepName } from '../../../contracts/ids.ts';
import type { RunTarget } from '../../shell/model/address.ts';

/** What a workflow works for, as its id tells. */
export type WorkflowPlace = {
  words: string;
  session: { id: string; turn: number } | null;
  run: { id: string; target: RunTarget | null } | null;
};

const numbered = (words: string, index: string | undefined): string =>
  index === undefined ? words : `${words}, item ${index}`;

/** Pure. Ids are derived as `contracts/ids.ts` says. */
export const placeOfWorkflow = (id: string): WorkflowPlace => {
  const none = { session: null, run: null };
  const [, session, turn] = /^turn\/([^/]+)\/(\d+)$/.exec(id) ?? [];
  if (session !== undefined) {
    return { ...none, words: `Turn ${turn}`, session: { id: session, turn: Number(turn) } };
  }
  const [, run, batch] = /^run\/([^/]+)\/batch\/(.+)$/.exec(id) ?? [];
  if (run !== undefined) return { ...none, words: `Batch ${batch}`, run: { id: run, target: null } };
  const [, of, step, part, index] =
    /^run\/([^/]+)\/step\/([^/]+)(?:\/(items|item|branch)(?:\/([^/]+))?)?$/.exec(id) ?? [];
  if (of !== undefined && step !== undefined) {
    const name = stepName(step);
    const target = { step, index: part === 'item' ? Number(index) : null };
    const words = {
      items: `Items of ${name}`,
      item: numbered(`Step ${name}`, index),
      branch: `Branch ${index === 'default' ? 'default' : `case ${Number(index) + 1}`} of ${name}`,
      none: `Step ${name}`,
    }[part ?? 'none'];
    return { ...none, words: words ?? id, run: { id: of, target } };
  }
  const [, whole] = /^run\/([^/]+)$/.exec(id) ?? [];
  if (whole !== undefined) return { ...none, words: 'Run', run: { id: whole, target: null } };
  const [, subagent] = /^subagent\/(.+)$/.exec(id) ?? [];
  if (subagent !== undefined) return { ...none, words: `Background agent ${subagent}` };
  return { ...none, words: id };
};
