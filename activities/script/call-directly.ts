import type { StepInput, StepResult } from '../../contracts/activities.ts';
import type { ToolCallBody } from '../../contracts/chunks.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Dependencies } from '../dependencies.ts';
import { createGate } from '../permissions/gate.ts';
import { agentOf } from '../turn/agent.ts';
import { sealed } from '../turn/attempt.ts';
import { toChunks, withAnswers } from '../turn/calls.ts';
import { endOf } from '../turn/turn-end.ts';

/** For sessions that a script made for one tool call. No model is asked: the first step is the call, the second ends the turn. */
export const createCallDirectly =
  (dependencies: Dependencies) =>
  async ({ sessionId, turn, step }: StepInput): Promise<StepResult> => {
    const { store, tools } = dependencies;
    const gate = createGate(dependencies);
    const operation = { sessionId, turn, step, call: null };
    const context = await store.requests.direct(sessionId);
    if (!context)
      throw new EverturnError('session_not_found', `Cannot call a tool: session ${sessionId} no longer exists`);
    const { direct } = context;
    const bodies: ToolCallBody[] = [{ kind: 'tool_call', callId: `call_${turn}_1_0`, ...direct }];
    const agent = agentOf(context, tools);
    const span = { status: 'ok' as const, attributes: {} };
    const finished: StepResult = { outcome: 'finished' };
    const outcome = await sealed<StepResult>(dependencies, {
      operation,
      name: direct.tool,
      started: { model: direct.tool },
      run: async () => {
        if (step > 1) return { result: finished, chunks: [], span, settle: 'completed' };
        const { calls, approvals } = await gate(bodies, { sessionId, context, agent });
        return { result: { outcome: 'tools', calls }, chunks: toChunks(bodies), approvals, span };
      },
    });
    if (outcome.outcome === 'cancelled') return { outcome: 'cancelled' };
    if (outcome.outcome === 'closed' || outcome.result.outcome !== 'tools') return { ...finished, ...endOf(outcome) };
    return { outcome: 'tools', calls: await withAnswers(store, operation, outcome.result.calls) };
  };
