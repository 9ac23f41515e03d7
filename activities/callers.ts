import { Context } from '@temporalio/activity';
import type { Activities } from '../contracts/activities.ts';
import { toGraph } from '../contracts/graph.ts';
import {
  batchWorkflowId,
  branchWorkflowId,
  fileChangesWorkflowId,
  runWorkflowId,
  stepWorkflowId,
  subagentWorkflowId,
  turnWorkflowId,
} from '../contracts/ids.ts';
import type { ScriptActivities } from '../contracts/script-activities.ts';
import { nodeKey } from '../store/nodes.ts';
import type { Store } from '../store/store.ts';
import { notAsked } from './failure.ts';

type Of<All> = { [Name in keyof All]: All[Name] extends (...input: infer Input) => unknown ? Input : never };
/** The ids of the workflows that an activity works for, given its input. */
type Rules<All> = {
  [Name in keyof All]: (store: Store, ...input: Of<All>[Name]) => readonly string[] | Promise<readonly string[]>;
};

type TurnRef = { sessionId: string; turn: number };
type RunRef = { runId: string };

const caller = (): string | undefined => Context.current().info.workflowExecution?.workflowId;

/** Its own workflow, and where a step runs its turns the step's: then its own is there when that one has grown too long. */
const ofTurn = async (store: Store, { sessionId, turn }: TurnRef) => {
  const own = turnWorkflowId(sessionId, turn);
  return caller() === own ? [own] : [(await store.turns.running(sessionId, turn)).workflowId];
};
const ofRun = (_: Store, { runId }: RunRef) => [runWorkflowId(runId)];
const ofNode = (_: Store, node: Parameters<typeof nodeKey>[0]) => [nodeKey(node)];

/** Whatever runs a step as its child: the run, or a batch or a branch of it. An item has the fan-out of its step. */
const ofParent = async (store: Store, { runId, step: id, index }: Parameters<typeof nodeKey>[0]) => {
  const run = await store.runs.stored(runId);
  const step = run?.kind === 'flow' ? toGraph(run.definition.flow).steps.find((one) => one.id === id) : undefined;
  if (!step) return [];
  const batch = step.batch === null ? [] : [batchWorkflowId(runId, step.batch)];
  if (index !== null) return [`${stepWorkflowId(runId, id)}/items`, ...batch];
  const branches = step.branches.map((branch) => branchWorkflowId(runId, branch.switch, branch.chosen));
  return [runWorkflowId(runId), ...batch, ...branches];
};
const ofSubagent = (_: Store, { id }: { id: string }) => [subagentWorkflowId(id)];

/**
 * What holds a session settles the turn of a workflow that was ended from outside. Of a session that was deleted there is
 * nothing to settle.
 */
const ofTurnOrHolder = async (store: Store, { sessionId, turn }: TurnRef) => {
  const holders = (await store.sessions.holders(sessionId)) ?? [caller() ?? ''];
  return [turnWorkflowId(sessionId, turn), ...holders];
};

export const activityCallers: Rules<Activities> = {
  callModel: ofTurn,
  compactContext: ofTurn,
  callDirectly: ofTurn,
  runTool: ofTurn,
  settleTurn: ofTurnOrHolder,
  settleFileChanges: (_, { key }) => [fileChangesWorkflowId(key)],
  loadRun: ofRun,
  settleRun: ofRun,
  recordUnrun: ofRun,
  prepareStep: ofNode,
  concludeStep: ofNode,
  settleStep: ofNode,
  settleLostStep: ofParent,
  enterSubagent: ofSubagent,
  settleSubagent: ofSubagent,
  createScheduledRun: (_, { flow, project, key }) => {
    const name = project === undefined ? flow : `${project}/${flow}`;
    return key.startsWith(`schedule/${Context.current().info.taskQueue}/${name}-`) ? [key] : [];
  },
};

export const scriptActivityCallers: Rules<ScriptActivities> = {
  loadScript: ofRun,
  prepareCalls: ofRun,
  settleCall: ofRun,
  firstToken: ofRun,
  recordLines: ofRun,
  settleNested: ofRun,
  settleScript: ofRun,
};

type Activity = (...input: never[]) => Promise<unknown>;
type Rule = (store: Store, ...input: never[]) => readonly string[] | Promise<readonly string[]>;

/**
 * Anyone who reaches Temporal can start a workflow of any type with any input. An activity works only for the workflow
 * whose id its row has, of which there is never more than one; for another it throws `not_asked` and does nothing.
 */
export const onlyForCallers = <All extends Record<keyof All, Activity>>(
  store: Store,
  activities: All,
  rules: { [Name in keyof All]: Rule },
): All =>
  Object.fromEntries(
    Object.entries<Activity>(activities).map(([name, activity]) => {
      const rule = rules[name as keyof All];
      const guarded: Activity = async (...input) => {
        const workflowId = caller();
        if (workflowId === undefined || !(await rule(store, ...input)).includes(workflowId)) throw notAsked();
        return await activity(...input);
      };
      return [name, guarded];
    }),
  ) as All;
