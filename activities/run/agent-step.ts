import type { Concluded, Prepared, Work } from '../../contracts/activities.ts';
import { EverturnError, errorTable, isErrorCode } from '../../contracts/errors.ts';
import type { Agent, Step } from '../../contracts/flow.ts';
import { type Chosen, chooseLeniently, chooseModel, type ModelChoice } from '../../contracts/models.ts';
import { inOneLine } from '../../contracts/one-line.ts';
import type { AgentOptions } from '../../contracts/script.ts';
import { isNamed, submitResultName } from '../../contracts/tools.ts';
import type { UsageTotals } from '../../contracts/usage.ts';
import { type OwnOptions, ownOptions } from '../script/other-formats.ts';
import { closeWorktrees, workspaceOf } from '../script/own-worktree.ts';
import { derivedId, failed, type StepAttempt, settled } from './attempt.ts';
import { hashOf } from './hash.ts';
import { reuse } from './reuse.ts';
import { upstream } from './upstream.ts';

/** Times an agent that ended without its result is asked for it. */
const maxRepairs = 3;

type AgentFields = {
  agent: string;
  prompt: string;
  model: string | undefined;
  schema: Record<string, unknown> | undefined;
};

const fieldsOf = (step: Step): AgentFields => {
  if (step.kind !== 'agent' && step.kind !== 'map') throw new Error(`The step ${step.id} asks no agent`);
  return { agent: step.agent ?? 'default', prompt: step.prompt ?? '', model: step.model, schema: step.schema };
};

const agentOf = ({ known, stepRef }: StepAttempt, name: string): Agent => {
  const agent = known.agents[name];
  if (agent) return agent;
  throw new EverturnError('agent_not_found', `Cannot run step ${stepRef.step}: the run knows no agent ${name}`);
};

const messageId = ({ key, attempt }: Pick<StepAttempt, 'key' | 'attempt'>, repair: number): string =>
  `${key}#${attempt}/${repair}`;

/** Puts a message into the session of a step, and gives the turn that the step's workflow is to run now. */
export const workOf = async (
  { store, ...attempt }: StepAttempt,
  sessionId: string,
  message: { text: string; repair: number; isDirect?: boolean },
): Promise<Work> => {
  const { text, repair, isDirect = false } = message;
  const id = messageId(attempt, repair);
  const accepted = await store.messages.accept({ id, sessionId, text, whenBusy: 'enqueue' }, { isOurs: true });
  // Of a step that is restarted, its message may have been answered.
  const turn = (await store.messages.take(sessionId, { release: false, host: attempt.key })) ?? accepted.turn;
  const addressee = await store.messages.addressee(sessionId);
  if (!addressee) throw new EverturnError('session_not_found', `Cannot continue session ${sessionId}: it was deleted`);
  if (turn === null) throw new Error(`The message ${id} has no turn, and none runs`);
  store.wake(sessionId);
  return { kind: 'turn', isHosted: true, sessionId, turn, agent: addressee.agent, model: addressee.model, isDirect };
};

/** The turn that a session has still to run before its step may end: a message came while the last one ran. */
export const openWork = async (
  { store, key }: Pick<StepAttempt, 'store' | 'key'>,
  sessionId: string,
  options: { release: boolean; isDirect?: boolean },
): Promise<Work | null> => {
  const { release, isDirect = false } = options;
  const turn = await store.messages.take(sessionId, { release, host: key });
  const addressee = turn === null ? undefined : await store.messages.addressee(sessionId);
  if (turn === null || !addressee) return null;
  store.wake(sessionId);
  return { kind: 'turn', isHosted: true, sessionId, turn, agent: addressee.agent, model: addressee.model, isDirect };
};

/** Agents of scripts share a number of places over all runs. */
const hasPlace = async (attempt: StepAttempt, agentsAtOnce: number): Promise<boolean> => {
  if (await attempt.store.runLimits.enter(attempt.key, agentsAtOnce)) return true;
  await attempt.put({ status: 'pending', reason: `It waits for a place: ${agentsAtOnce} agents may run at once` });
  return false;
};

/** A label of a script is often the beginning of a prompt. */
const titleOf = ({ known, step, stepRef, call }: StepAttempt): string =>
  inOneLine(
    `${known.run.name} · ${call ? (call.label ?? call.phase ?? 'agent') : step.id}${stepRef.index === null ? '' : `[${stepRef.index}]`}`,
  );

/** What a script gives its agent beside what the agent is defined with. */
const ownOf = ({ call }: StepAttempt, { tools: ofAgent }: Agent, known: readonly string[]): OwnOptions => {
  if (!call) return {};
  const { tools, ...own } = ownOptions(call.params as AgentOptions, known);
  // Capabilities narrow what the agent may do; tools are what the script asks for.
  const isNarrowed = tools && ofAgent && (call.params as AgentOptions).capabilities !== undefined;
  const left = isNarrowed ? tools.filter((name) => isNamed(name, ofAgent)) : tools;
  return Object.fromEntries(Object.entries({ tools: left, ...own }).filter(([, value]) => value !== undefined));
};

/** Of a step of a flow, its own model must be configured; a script and an agent file may come from elsewhere. */
const modelFor = ({ call }: StepAttempt, { model }: AgentFields, agent: Agent, configured: ModelChoice): Chosen => {
  const isOfFlow = model !== undefined && !call;
  if (isOfFlow) chooseModel([model], configured);
  const chosen = chooseLeniently(model === undefined ? agent.models : [model], configured);
  if (chosen.warning === null) return chosen;
  return { ...chosen, warning: `${model === undefined ? `Agent ${agent.name}` : 'agent()'}: ${chosen.warning}` };
};

export const prepareAgent = async (
  attempt: StepAttempt,
  configured: ModelChoice,
  agentsAtOnce: number,
  tools: readonly string[],
): Promise<Prepared> => {
  const { store, known, stepRef, step, evaluator } = attempt;
  const fields = fieldsOf(step);
  const definition = agentOf(attempt, fields.agent);
  if (attempt.call && !(await hasPlace(attempt, agentsAtOnce))) return { outcome: 'queued' };
  const { model, models, warning } = modelFor(attempt, fields, definition, configured);
  if (warning !== null) await store.runs.warn(stepRef.runId, warning);
  const prompt = String(await evaluator.evaluate({ kind: 'template', text: fields.prompt, field: 'prompt' }));
  const { workspace, allow } = known.run;
  // Of a script's call the same was looked for when it was asked.
  const inputHash = attempt.call
    ? undefined
    : hashOf({
        kind: 'agent',
        prompt,
        agent: definition,
        model,
        schema: fields.schema ?? null,
        workspace,
        allow: [...allow].sort(),
        upstream: await upstream(attempt),
      });
  const earlier = inputHash === undefined ? undefined : await reuse(attempt, inputHash);
  if (earlier) return earlier;
  const sessionId = derivedId('s', attempt);
  await store.sessions.create({
    id: sessionId,
    title: titleOf(attempt),
    workspace: await workspaceOf(attempt),
    agent: definition.name,
    model,
    allow,
    definition: { ...definition, models, ...ownOf(attempt, definition, tools) },
    schema: fields.schema ?? null,
    runId: stepRef.runId,
    node: attempt.key,
  });
  const work = await workOf(attempt, sessionId, { text: prompt, repair: 0 });
  const status = await attempt.put({
    status: 'running',
    ...(inputHash === undefined ? {} : { inputHash }),
    sessionId,
    code: null,
    reason: null,
  });
  return status === 'running' ? { outcome: 'work', work } : settled(status);
};

const repairText = `You ended without handing in a result. Call the tool ${submitResultName} now, with the result in the form that its schema asks for.`;

const completed = async (attempt: StepAttempt, result: unknown, usage: UsageTotals): Promise<Concluded> =>
  settled(await attempt.complete(result, { usage, reason: await closeWorktrees(attempt) })) as Concluded;

/** Whether the agent is to be asked once more for the result that it has not handed in. */
const needsRepair = async ({ store, step }: StepAttempt, sessionId: string, repairs: number): Promise<boolean> =>
  repairs < maxRepairs &&
  fieldsOf(step).schema !== undefined &&
  (await store.turns.last(sessionId))?.status === 'completed' &&
  (await store.requests.submitted(sessionId)) === undefined;

const conclude = async (attempt: StepAttempt, sessionId: string): Promise<Concluded> => {
  const { store } = attempt;
  const turn = await store.turns.last(sessionId);
  if (!turn || turn.status === 'running') {
    return await failed(
      attempt,
      new EverturnError('turn_terminated', `The session ${sessionId} ended without a reply`),
    );
  }
  if (turn.status !== 'completed') {
    const meaning = turn.code && isErrorCode(turn.code) ? errorTable[turn.code].meaning : `The turn was ${turn.status}`;
    const message = (await store.spans.whyFailed(sessionId, turn.turn)) ?? meaning;
    return await failed(attempt, new EverturnError(turn.code ?? 'turn_terminated', message));
  }
  const usage = await store.chunks.usage(sessionId);
  if (fieldsOf(attempt.step).schema === undefined) {
    return await completed(attempt, await store.requests.lastText(sessionId), usage);
  }
  const result = await store.requests.submitted(sessionId);
  if (result !== undefined) return await completed(attempt, result, usage);
  const message = `The agent ended ${maxRepairs + 1} times without handing in a result that fits its schema`;
  return await failed(attempt, new EverturnError('result_invalid', message));
};

/** Not before every message to the session has been answered: from the moment none waits, the step has its result. */
export const concludeAgent = async (attempt: StepAttempt, repairs: number): Promise<Concluded> => {
  const sessionId = derivedId('s', attempt);
  const isToRepair = await needsRepair(attempt, sessionId, repairs);
  const open = await openWork(attempt, sessionId, { release: !isToRepair });
  if (open) return { outcome: 'work', work: open };
  if (!isToRepair) return await conclude(attempt, sessionId);
  return { outcome: 'work', work: await workOf(attempt, sessionId, { text: repairText, repair: repairs + 1 }) };
};
