import type { Call, StepInput, StepResult } from '../../contracts/activities.ts';
import type { ToolCallBody } from '../../contracts/chunks.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Operation } from '../../store/operations.ts';
import type { StepContext } from '../../store/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import { notAsked } from '../failure.ts';
import { agentOf } from './agent.ts';
import { createAskModels } from './ask-models.ts';
import { budgetSpent } from './budget.ts';
import { runWithin, withAnswers } from './calls.ts';
import type { Move } from './guards/decide.ts';
import { moveOf } from './guards/move-of.ts';
import { createRunCall } from './run-call.ts';
import { stopTurn } from './stop-turn.ts';
import { createTranscripts } from './transcripts.ts';
import { endOf } from './turn-end.ts';

/** The step of a turn: a model request, and the calls of its reply where those are quick. */
export const createCallModel = (dependencies: Dependencies) => {
  const { store, tools, turnLimits } = dependencies;
  const transcripts = createTranscripts(store);
  const askModels = createAskModels(dependencies);
  const runCall = createRunCall(dependencies);

  /** `bodies` are those of a reply that this attempt has sealed, and with it begun its calls. */
  const runCalls = async (
    { operation, context }: { operation: Operation; context: StepContext },
    calls: readonly Call[],
    bodies: readonly ToolCallBody[] | null,
  ): Promise<Call[]> => {
    const permissions = bodies && (await store.permissions.of(operation.sessionId));
    const running = calls.map(async ({ call }) => {
      const body = bodies?.[call];
      const known = body && permissions ? { ...context, body, permissions, before: 0, approval: null } : undefined;
      await runCall({ ...operation, call }, known);
    });
    const ended = await Promise.allSettled(running);
    const failed = ended.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return calls.map((call) => ({ ...call, ran: true }));
  };

  const read = async ({
    sessionId,
    turn,
    step,
  }: Pick<StepInput, 'sessionId' | 'turn' | 'step'>): Promise<StepContext> => {
    const context = await transcripts.step(sessionId, turn, step);
    if (context) return context;
    throw new EverturnError('session_not_found', `Cannot ask the model: session ${sessionId} no longer exists`);
  };

  return async ({ sessionId, turn, step, restedMs = 0, asIs }: StepInput): Promise<StepResult> => {
    const operation = { sessionId, turn, step, call: null };
    const context = await read(operation);
    if (context.isDirect) throw notAsked();
    const agent = agentOf(context, tools);
    const spent = await budgetSpent(store, { operation, context }, turnLimits);
    const move: Move = spent ?? moveOf(context, operation, turnLimits);
    const outcome =
      move.kind === 'ask'
        ? await askModels({
            operation,
            context,
            reread: () => read(operation),
            agent,
            restedMs,
            asIs: asIs === true,
            move,
          })
        : { ...(await stopTurn(dependencies, { operation, model: context.model }, move)), bodies: null };
    if (outcome.outcome === 'resting' || outcome.outcome === 'compact') return outcome;
    if (outcome.outcome === 'cancelled') return { outcome: 'cancelled' };
    if (outcome.outcome === 'closed') return { outcome: 'finished', ...endOf(outcome) };
    if (outcome.result.outcome !== 'tools') return { ...outcome.result, ...endOf(outcome) };
    const { calls } = outcome.result;
    if (runWithin(calls, agent)) {
      return { outcome: 'tools', calls: await runCalls({ operation, context }, calls, outcome.bodies) };
    }
    return { outcome: 'tools', calls: await withAnswers(store, operation, calls) };
  };
};
