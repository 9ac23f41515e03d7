import type { Call } from '../../contracts/activities.ts';
import type { ToolCallBody } from '../../contracts/chunks.ts';
import { EverturnError, isOfStorage } from '../../contracts/errors.ts';
import { callKey } from '../../contracts/ids.ts';
import type { NewFileChange } from '../../store/file-changes.ts';
import { explainErrno } from '../tools/errno.ts';
import { parseArguments } from '../tools/registry.ts';
import type { Tool } from '../tools/tool.ts';
import { checkDrafts, contentsOf, type Draft, rowsOf } from './draft.ts';
import { lookAt, type Seen } from './look.ts';
import type { ChangeQueue } from './queue.ts';
import type { Changes } from './session-changes.ts';
import { hashOf } from './texts.ts';

type Scope = {
  sessionId: string;
  turn: number;
  step: number;
  workspace: string;
  dataFolders: readonly string[];
};

/** What earlier calls of the step would make of the files, in the eyes of the later ones. */
const createOverlay = ({ workspace, dataFolders }: Scope) => {
  const made = new Map<string, Seen | null>();
  const see: Changes['see'] = async (path) => {
    const onDisk = await lookAt(path, { dataFolders });
    const disk = onDisk && { hash: onDisk.hash, mode: onDisk.mode };
    const seen = made.get(path.real);
    return { seen: seen === undefined ? onDisk : seen, disk };
  };
  const make = ({ path, from, after }: Draft): void => {
    if (from !== null) made.set(`${workspace}/${from}`, null);
    made.set(`${workspace}/${path}`, after && { ...after, hash: hashOf(after.bytes), otherNames: 0 });
  };
  return { see, make };
};

/** A call that cannot be planned fails when it runs, and says why then. */
const isOfCall = (error: unknown): boolean =>
  (error instanceof EverturnError && !isOfStorage(error)) || explainErrno(error) !== undefined;

/**
 * What the calls of a step that wait for a user would do to files, by the number of the call. The user decides about
 * exactly this; a call that finds another file than the one it was planned on writes nothing.
 */
export const previewChanges = async (
  queue: Pick<ChangeQueue, 'putContents'>,
  scope: Scope,
  asked: readonly { call: Call; body: ToolCallBody; tool: Tool | undefined }[],
): Promise<Map<number, NewFileChange[]>> => {
  const overlay = createOverlay(scope);
  const previews = new Map<number, NewFileChange[]>();
  for (const { call, body, tool } of asked) {
    if (!tool?.plan || call.approval !== 'pending') continue;
    const key = callKey(scope.sessionId, scope.turn, scope.step, call.call);
    try {
      const { drafts } = await tool.plan(parseArguments(tool, body.arguments), { ...scope, see: overlay.see });
      checkDrafts(drafts);
      await queue.putContents(scope.sessionId, contentsOf(drafts));
      for (const draft of drafts) overlay.make(draft);
      const place = { key, turn: scope.turn, step: scope.step, call: call.call, tool: tool.name, approvalId: key };
      previews.set(call.call, rowsOf(drafts, place));
    } catch (error) {
      if (!isOfCall(error)) throw error;
    }
  }
  return previews;
};
