import { type ErrorCode, errorTable, isErrorCode } from '../../../contracts/errors.ts';

const advice: Partial<Record<ErrorCode, string>> = {
  model_unauthorized:
    'Check the key that everturn.yaml names and that its environment variable is set, then send again.',
  model_not_found: 'Check the model and the baseUrl in everturn.yaml. “npx everturn models check” asks the provider.',
  model_refused: 'Read what the provider says above; change the request or the model in everturn.yaml.',
  model_rate_limited: 'Wait a moment and send again.',
  model_unavailable: 'The provider is having problems. Try again later.',
  model_timeout: 'Send again. If this happens often, raise timeoutMs of the model in everturn.yaml.',
  model_stream_cut: 'Send again. Finished work is kept.',
  model_unreadable: 'Use another model, or set the dialect of its key in everturn.yaml.',
  model_reply_too_long:
    'The reply was stopped because it did not end. Ask for less, or raise the limit named above in everturn.yaml.',
  model_reply_cut: 'Send “continue” to get the rest, or raise maxTokens of the model in everturn.yaml.',
  model_reply_empty: 'Rephrase the request, or use another model.',
  model_refused_content: 'Change the request, or use another model.',
  calls_repeated: 'Tell the model what to do instead. Finished work is kept.',
  failures_repeated: 'Tell the model what to do instead. Finished work is kept.',
  result_refused: 'Compare the schema with the last result, shown above.',
  turn_budget_spent: 'Send “continue” to start a turn with a new budget.',
  session_budget_spent: 'Start another session, or raise the budget named above.',
  step_limit: 'Send “continue” to carry on, or raise limits.stepsPerTurn in everturn.yaml.',
  turn_cancelled: 'Finished work is kept.',
  turn_terminated: 'The workflow was terminated in Temporal. Send again to continue from here.',
  internal: 'This is a bug in Everturn. Finished work is kept. Send again.',
};

/** What a code means and what to do about it, for people. */
export const explain = (code: string): { meaning: string; advice: string } =>
  isErrorCode(code)
    ? {
        meaning: errorTable[code].meaning,
        advice: advice[code] ?? (errorTable[code].retryable ? 'Send again.' : 'Change the request and send again.'),
      }
    : { meaning: 'The turn failed', advice: 'Send again.' };
