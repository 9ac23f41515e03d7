import type { Call, StepInput, StepResult } from '../../contracts/activities.ts';
import type { ToolCallBody } from '../../contracts/chunks.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Operation } from '../../store/operations.ts';
import type { StepContext } from '../../store/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import { notAsked } from '../failure.ts';
import { judgeFailure, placeIn } from '../model/chain.ts';
import { agentOf } from './agent.ts';
import { sealed } from './attempt.ts';
import { budgetSpent } from './budget.ts';
import { runWithin, withAnswers } from './calls.ts';
import { decide, type Move } from './guards/decide.ts';
import { createModelRequest } from './model-request.ts';
import { createRunCall } from './run-call.ts';
import { stopTurn } from './stop-turn.ts';
import { createTranscripts } from './transcripts.ts';
import { endOf } from './turn-end.ts';

/** The step of a turn: a model request, and the calls of its reply where those are quick. */
export const createCallModel = (dependencies: Dependencies) => {
  const { store, models, tools, turnLimits, waitSeconds } = dependencies;
  const transcripts = createTranscripts(store);
  const request = createModelRequest(dependencies);
  const runCall = createRunCall(dependencies);

  /** `bodies` are those of a reply that this attempt has sealed, and with it begun its calls. */
  const runCalls = async (
    { operation, context }: { operation: Operation; context: StepContext },
    calls: readonly Call[],
    bodies: readonly ToolCallBody[] | null,
  ): Promise<Call[]> => {
    const running = calls.map(async ({ call }) => {
      const body = bodies?.[call];
      const known = body && { ...context, body, before: 0, approval: null };
      await runCall({ ...operation, call }, known);
    });
    const ended = await Promise.allSettled(running);
    const failed = ended.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return calls.map((call) => ({ ...call, ran: true }));
  };

  return async ({ sessionId, turn, step }: StepInput): Promise<StepResult> => {
    const operation = { sessionId, turn, step, call: null };
    const context = await transcripts.step(sessionId, turn);
    if (!context)
      throw new EverturnError('session_not_found', `Cannot ask the model: session ${sessionId} is not there any more`);
    if (context.isDirect) throw notAsked();
    const place = placeIn(context, models.names, step);
    const agent = agentOf(context, tools);
    const spent = await budgetSpent(store, { operation, context }, turnLimits);
    const limits = { ...turnLimits, refusedResults: context.definition?.resultTries ?? turnLimits.refusedResults };
    const move: Move = spent ?? decide({ transcript: context.transcript, turn, step }, limits);
    let bodies: readonly ToolCallBody[] | null = null;
    const ask = (of: Extract<Move, { kind: 'ask' }>) =>
      sealed<StepResult>(dependencies, {
        operation,
        name: place.model,
        started: { model: place.model },
        run: async (attempt) => {
          const { bodies: asked, ...seal } = await request({ operation, context, place, agent, move: of }, attempt);
          bodies = asked;
          return seal;
        },
        judge: (error) => judgeFailure(place, error, waitSeconds),
      });
    const outcome =
      move.kind === 'ask' ? await ask(move) : await stopTurn(dependencies, { operation, model: place.model }, move);
    if (outcome.outcome === 'cancelled') return { outcome: 'cancelled' };
    if (outcome.outcome === 'closed') return { outcome: 'finished', ...endOf(outcome) };
    if (outcome.result.outcome !== 'tools') return { ...outcome.result, ...endOf(outcome) };
    const { calls } = outcome.result;
    if (runWithin(calls, agent)) {
      return { outcome: 'tools', calls: await runCalls({ operation, context }, calls, outcome.isOurs ? bodies : null) };
    }
    return { outcome: 'tools', calls: await withAnswers(store, operation, calls) };
  };
};
