import type { AskedQuestion } from '../../contracts/permissions/question.ts';

/** A request to a model in the middle of a call. */
export type SampleRequest = {
  /** Who asks: decides with the rules about tools. */
  server: string;
  system: string | null;
  messages: { role: 'user' | 'assistant'; text: string }[];
  maxTokens: number;
};

export type Sampled = { model: string; text: string; isCut: boolean };

/** What a call can ask while it runs. What it throws is for the one that asked: `tool_denied`, `tool_failed`, the signal's reason. */
export type Asker = {
  /** A person's answer; `declined` where they refuse, `late` where nobody answered in time. */
  person(question: AskedQuestion, signal: AbortSignal): Promise<{ answer: unknown } | 'declined' | 'late'>;
  /** The session's model, once a rule or a person allows it. */
  model(request: SampleRequest, signal: AbortSignal): Promise<Sampled>;
};
