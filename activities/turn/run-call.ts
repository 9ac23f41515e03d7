import { ApplicationFailure } from '@temporalio/activity';
import type { RunToolResult } from '../../contracts/activities.ts';
import type { Approval } from '../../contracts/approvals.ts';
import { resultOrdinal, type ToolResultBody, usageOrdinal } from '../../contracts/chunks.ts';
import { EverturnError, isOfStorage } from '../../contracts/errors.ts';
import { submitResultName } from '../../contracts/tools.ts';
import { dataFoldersOf } from '../../files/closed.ts';
import { type Operation, operationKey, type Seal } from '../../store/operations.ts';
import type { CallContext } from '../../store/requests.ts';
import { createChanges } from '../changes/session-changes.ts';
import type { Dependencies } from '../dependencies.ts';
import { notYet } from '../failure.ts';
import { checkCall, type Permitted } from '../permissions/check-call.ts';
import type { Asker } from '../tools/asker.ts';
import { killOrphans } from '../tools/orphans.ts';
import { findTool, parseArguments } from '../tools/registry.ts';
import type { Tool, ToolContext } from '../tools/tool.ts';
import { agentOf } from './agent.ts';
import { type Attempt, type Outcome as Ending, sealed } from './attempt.ts';
import { createWithinCall } from './within-call.ts';

type Outcome = Pick<ToolResultBody, 'status' | 'text' | 'taken' | 'images' | 'diff' | 'command'>;
type CallResult = Pick<RunToolResult, 'finished' | 'subagent'>;
type Decided = Outcome & Partial<CallResult>;

const interrupted = (effect: Tool['effect']): Outcome => ({
  status: 'interrupted',
  text: `Interrupted, outcome unknown: the process that ran this call died before it could record the result. The call is "${effect}" and was not run again. Check what it did before repeating it.`,
});

const denied = ({ answeredBy, note, question }: Approval): Outcome => {
  if (answeredBy === 'rule') return { status: 'denied', text: `Denied by a rule: ${note ?? 'no reason was kept'}` };
  if (!question) return { status: 'denied', text: `A user denied this call${note ? `: ${note}` : '.'}` };
  if (answeredBy === 'deadline')
    return { status: 'denied', text: 'No one answered before the deadline, and no default is set.' };
  return { status: 'denied', text: `The user did not answer${note ? `: ${note}` : '.'}` };
};

const cut: Outcome = {
  status: 'error',
  text: 'The call did not run: its arguments are not valid JSON, because the reply was cut off before they were whole. Make it again; if they are long, in several smaller calls.',
};

type Permission = { args: Record<string, unknown>; permitted: Permitted };

const answerOf = ({ id, answeredBy, fields }: Approval): ToolContext['answer'] => ({
  id,
  by: answeredBy ?? 'nobody',
  answer: fields?.answer,
});

/** The agent's own limit. Handing in the result does not count. */
const checkCount = ({ name }: Tool, { definition, before }: CallContext): void => {
  const most = definition?.maxToolCalls;
  if (most === undefined || before < most || name === submitResultName) return;
  throw new EverturnError(
    'tool_denied',
    `Cannot run ${name}: this agent may make ${most} tool calls, and has. Answer with what there is`,
  );
};

const begunWithStep = { fence: 1, failures: 0, interrupted: false } as const;

/** Runs one tool call and seals its result. */
export const createRunCall = (dependencies: Dependencies) => {
  const { store, deltas, tools, commandEnv: env, confinement, commandSeconds, attachments } = dependencies;
  const dataFolders = dataFoldersOf(dependencies.workspace);

  const execute = async (
    { tool, args, call, permitted, asker }: Permission & { tool: Tool; call: CallContext; asker: Asker },
    operation: Operation,
    attempt: Attempt,
  ): Promise<Decided> => {
    const { fence, signal, hold, supersede } = attempt;
    const { approval, permissions } = call;
    const stream = deltas.open({ operation, fence }, supersede);
    let shown = '';
    try {
      await hold();
      return await tool.run(args, {
        sessionId: operation.sessionId,
        turn: operation.turn,
        workspace: call.workspace,
        dataFolders,
        signal,
        idempotencyKey: operationKey(operation),
        env,
        confinement,
        commandSeconds,
        attachments,
        changes: createChanges(
          store.fileChanges,
          { workspace: call.workspace, dataFolders },
          {
            sessionId: operation.sessionId,
            turn: operation.turn,
            step: operation.step,
            call: operation.call ?? 0,
            tool: tool.name,
            key: operationKey(operation),
            mode: call.changeMode,
          },
        ),
        readRoots: permissions.roots.map(({ path }) => path),
        ...permitted,
        background: dependencies.background,
        asker,
        ...(approval ? { answer: answerOf(approval) } : {}),
        onOutput: (text) => {
          shown += text;
          stream.addOutput(call.body.callId, text);
        },
      });
    } catch (error) {
      if (signal.aborted) return { status: 'cancelled', text: `${shown}\nCancelled before it ended.`.trimStart() };
      throw error;
    } finally {
      await stream.stop();
    }
  };

  const decide = async (call: CallContext, operation: Operation, attempt: Attempt, asker: Asker): Promise<Decided> => {
    try {
      if (call.body.isWhole === false) return cut;
      if (call.approval?.decision === 'deny') return denied(call.approval);
      const agent = agentOf(call, tools);
      const tool = findTool(call.body.tool, agent.tools);
      if (attempt.interrupted && tool.effect === 'once') {
        await killOrphans(operationKey(operation));
        return interrupted(tool.effect);
      }
      const args = parseArguments(tool, call.body.arguments);
      const permitted = await checkCall({ tool, args, call }, dependencies);
      checkCount(tool, call);
      const outcome = await execute({ tool, args, call, permitted, asker }, operation, attempt);
      if (attempt.signal.aborted) return { ...outcome, status: 'cancelled' };
      return { ...outcome, finished: tool.endsTurn === true && outcome.status === 'ok' };
    } catch (error) {
      // The model reads its own mistakes; a defect in Everturn or a lost database is not one.
      if (error instanceof EverturnError && !isOfStorage(error)) return { status: 'error', text: error.message };
      throw error;
    }
  };

  const run = async (
    call: CallContext,
    operation: Operation & { call: number },
    attempt: Attempt,
  ): Promise<Omit<Seal, 'fence'>> => {
    const startedAt = performance.now();
    const within = createWithinCall(dependencies, { operation, call, attempt });
    const {
      status,
      text,
      taken,
      images,
      diff,
      command,
      finished = false,
      subagent,
    } = await decide(call, operation, attempt, within.asker);
    if (!attempt.signal.aborted) await within.end();
    const durationMs = Math.round(performance.now() - startedAt);
    const { callId, tool } = call.body;
    const body: ToolResultBody = {
      kind: 'tool_result',
      callId,
      tool,
      status,
      text,
      durationMs,
      ...(taken === undefined ? {} : { taken }),
      ...(images && images.length > 0 ? { images } : {}),
      ...(diff === undefined ? {} : { diff }),
      ...(command === undefined ? {} : { command }),
    };
    const isError = status === 'error' || status === 'interrupted';
    return {
      result: { finished, ...(subagent ? { subagent } : {}) } satisfies CallResult,
      chunks: [
        { ordinal: resultOrdinal(operation.call), body },
        ...within.usage().map((used, index) => ({ ordinal: usageOrdinal(operation.call, index), body: used })),
      ],
      span: {
        status: status === 'cancelled' ? 'cancelled' : isError ? 'error' : 'ok',
        attributes: { status, characters: text.length },
      },
      ...(finished ? { settle: 'completed' as const } : {}),
    };
  };

  /** `known`: what the call needs to know, where the seal of its step has begun it as well. */
  return async (operation: Operation & { call: number }, known?: CallContext): Promise<Ending<CallResult>> => {
    const { sessionId, turn, step, call } = operation;
    const context = known ?? (await store.requests.call(sessionId, turn, step, call));
    if (!context) throw ApplicationFailure.nonRetryable('The call is not in the transcript', 'internal');
    // The answer that started this was forged. The call stays open: the user may still approve it.
    if (context.approval?.status === 'pending') throw notYet();
    const { callId, tool } = context.body;
    return await sealed<CallResult>(dependencies, {
      operation,
      name: tool,
      ...(known ? { begun: begunWithStep } : {}),
      started: { call, callId, tool },
      run: (attempt) => run(context, operation, attempt),
    });
  };
};
