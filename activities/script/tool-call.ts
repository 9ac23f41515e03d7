import type { Concluded, Prepared } from '../../contracts/activities.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { chooseModel } from '../../contracts/models.ts';
import { dataFoldersOf } from '../../files/closed.ts';
import { noChanges } from '../changes/no-changes.ts';
import { openWork, workOf } from '../run/agent-step.ts';
import { derivedId, failed, type StepAttempt, settled } from '../run/attempt.ts';
import type { RunDependencies } from '../run/run-dependencies.ts';
import { findTool, parseArguments } from '../tools/registry.ts';
import type { Tool } from '../tools/tool.ts';

type Reading = Pick<RunDependencies, 'tools' | 'confinement' | 'commandSeconds' | 'workspace' | 'fileRules'>;

/** A tool that only reads, and may be done again, needs neither a user nor a record of its beginning. */
const readAtOnce = async (
  attempt: StepAttempt,
  tool: Tool,
  { confinement, commandSeconds, workspace }: Reading,
  signal: AbortSignal,
): Promise<Prepared> => {
  const { known, key, call, commandEnv } = attempt;
  const { status, text } = await tool.run(parseArguments(tool, JSON.stringify(call?.params.args ?? {})), {
    sessionId: key,
    turn: 1,
    workspace: known.run.workspace,
    dataFolders: dataFoldersOf(workspace),
    signal,
    idempotencyKey: key,
    env: commandEnv,
    confinement,
    commandSeconds,
    onOutput: () => {},
    changes: noChanges,
  });
  if (status === 'ok') return settled(await attempt.complete(text));
  return await failed(attempt, new EverturnError('tool_failed', text));
};

/** Whether a rule may ask about, or deny, a call that reads: those run in a session, where rules are looked at. */
const isRuled = async ({ store, known }: StepAttempt, { fileRules }: Reading): Promise<boolean> => {
  const { rules, faults } = fileRules();
  const here = await store.permissions.inFolder(known.run.workspace);
  return faults.length > 0 || [...rules.map(({ rule }) => rule), ...here].some(({ decision }) => decision !== 'allow');
};

/**
 * A tool that a script calls itself and that changes something runs in a session of its own, like one that a model calls: asked for where that needs
 * a user, never repeated where it must not be, seen in the console.
 */
export const prepareTool = async (
  attempt: StepAttempt,
  { models, ...reading }: Reading & Pick<RunDependencies, 'models'>,
  signal: AbortSignal,
): Promise<Prepared> => {
  const { store, known, stepRef, call } = attempt;
  if (!call) throw new Error(`The step ${stepRef.step} calls no tool`);
  const tool = String(call.params.name);
  const found = findTool(tool, reading.tools);
  const { workspace, allow, name } = known.run;
  if (found.effect === 'pure' && found.permission === 'read' && !found.asks && !(await isRuled(attempt, reading)))
    return await readAtOnce(attempt, found, reading, signal);
  const sessionId = derivedId('s', attempt);
  await store.sessions.create({
    id: sessionId,
    title: `${name} · ${tool}`,
    workspace,
    agent: 'script',
    model: chooseModel([], models.choice),
    allow,
    definition: { name: 'script', description: '', prompt: '', models: [], tools: [tool], permissions: [] },
    schema: null,
    runId: stepRef.runId,
    node: attempt.key,
    direct: { tool, arguments: JSON.stringify(call.params.args ?? {}) },
  });
  const work = await workOf(attempt, sessionId, { text: `The script calls ${tool}`, repair: 0, isDirect: true });
  const status = await attempt.put({ status: 'running', sessionId, code: null, reason: null });
  return status === 'running' ? { outcome: 'work', work } : settled(status);
};

export const concludeTool = async (attempt: StepAttempt): Promise<Concluded> => {
  const sessionId = derivedId('s', attempt);
  const open = await openWork(attempt, sessionId, { release: true, isDirect: true });
  if (open) return { outcome: 'work', work: open };
  const result = await attempt.store.requests.lastResult(sessionId);
  if (result?.status === 'ok') return settled(await attempt.complete(result.text)) as Concluded;
  const code =
    result?.status === 'denied' ? 'tool_denied' : result?.status === 'interrupted' ? 'tool_interrupted' : 'tool_failed';
  return await failed(attempt, new EverturnError(code, result?.text ?? 'The call ended without a result'));
};
