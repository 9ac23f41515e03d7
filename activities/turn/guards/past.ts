import type { PlacedChunk, ToolCallBody, ToolResultBody } from '../../../contracts/chunks.ts';

export type PastCall = { body: ToolCallBody; result: ToolResultBody | null };

/** What guards look at of a step that is over. */
export type PastStep = {
  step: number;
  /** Codes of the warnings that the model got before its reply. */
  said: string[];
  /** Codes of what was noted about the reply. */
  noted: string[];
  hasText: boolean;
  calls: PastCall[];
};

/** The steps of a turn before one, in order. What that one has noted so far is not among them. */
export const pastSteps = (transcript: readonly PlacedChunk[], turn: number, before: number): PastStep[] => {
  const steps = new Map<number, PastStep>();
  for (const { step, turn: chunkTurn, body } of transcript) {
    if (chunkTurn !== turn || step === 0 || step >= before) continue;
    const past = steps.get(step) ?? { step, said: [], noted: [], hasText: false, calls: [] };
    steps.set(step, past);
    if (body.kind === 'system' && body.code !== undefined) (body.isSaid ? past.said : past.noted).push(body.code);
    else if (body.kind === 'text') past.hasText ||= body.text.trim() !== '';
    else if (body.kind === 'tool_call') past.calls.push({ body, result: null });
    else if (body.kind === 'tool_result') {
      const call = past.calls.find(({ body: { callId } }) => callId === body.callId);
      if (call) call.result = body;
    }
  }
  return [...steps.values()].toSorted((a, b) => a.step - b.step);
};
