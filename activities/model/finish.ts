/** How a reply ended, in our words. `other`: a word that we do not know. */
export const finishReasons = ['stop', 'tool_calls', 'length', 'content_filter', 'refusal', 'other'] as const;
export type FinishReason = (typeof finishReasons)[number];

const words: Record<FinishReason | 'error', readonly string[]> = {
  stop: [
    'stop',
    'end_turn',
    'stop_sequence',
    'eos',
    'eos_token',
    'end',
    'complete',
    'completed',
    'finished',
    'done',
    'normal',
  ],
  tool_calls: ['tool_calls', 'tool_call', 'tool_use', 'function_call', 'function_calls', 'tool-calls'],
  length: [
    'length',
    'max_tokens',
    'max_output_tokens',
    'model_length',
    'token_limit',
    'max_length',
    'max_completion_tokens',
    'model_context_window_exceeded',
    'incomplete',
  ],
  content_filter: [
    'content_filter',
    'content-filter',
    'safety',
    'recitation',
    'blocklist',
    'prohibited_content',
    'spii',
    'sensitive',
    'image_safety',
    'language',
    'guardrail_intervened',
    'content_filtered',
    'model_armor',
    'image_prohibited_content',
    'image_recitation',
    'error_toxic',
  ],
  refusal: ['refusal', 'refused'],
  error: [
    'error',
    'malformed_function_call',
    'malformed_response',
    'network_error',
    'insufficient_system_resource',
    'abort',
    'aborted',
    'cancelled',
    'canceled',
    'unexpected_tool_call',
    'engine_overloaded',
    'internal_error',
    'timeout',
    'failed',
    'error_finish',
    'error_limit',
    'function_call_filter',
    'too_many_tool_calls',
    'missing_thought_signature',
    'malformed_tool_use',
    'malformed_model_output',
    'user_cancel',
    'user_cancelled',
    'no_image',
    'image_other',
  ],
  other: ['other'],
};

/** The word of a provider, if it said one: an empty one says nothing. */
export const finishWord = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : null;

const reasonOf = (word: string): FinishReason | 'error' | undefined =>
  (Object.keys(words) as (FinishReason | 'error')[]).find((reason) => words[reason].includes(word));

/** `error`: the provider says with its last word that it failed. */
export const normaliseFinish = (word: string, hasCalls: boolean): FinishReason | 'error' => {
  // Gemini names what stopped it, then why: `function_call_filter: MALFORMED_FUNCTION_CALL`.
  const said = word
    .toLowerCase()
    .split(':')
    .map((part) => part.trim().replace(/^finish_?reason_/, ''));
  const found = said
    .toReversed()
    .map(reasonOf)
    .find((reason) => reason !== undefined);
  // Some end with `stop` after calls, some with `tool_calls` after none.
  if (found === 'stop' || found === 'tool_calls') return hasCalls ? 'tool_calls' : 'stop';
  return found ?? 'other';
};

/** Whether a word says that the reply is whole. */
export const isNormalEnd = (word: string): boolean => ['stop', 'tool_calls'].includes(normaliseFinish(word, false));

/** Whether a word says that the reply is not whole. One that nobody knows says nothing. */
export const isBadEnd = (word: string): boolean => !isNormalEnd(word) && normaliseFinish(word, false) !== 'other';
