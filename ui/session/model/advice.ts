import { type ErrorCode, errorTable, isErrorCode } from '../../../contracts/errors.ts';

const advice: Partial<Record<ErrorCode, string>> = {
  model_unauthorized:
    'Check the key that everturn.yaml names and that its environment variable is set, then send again.',
  model_not_found: 'Check the model and the baseUrl in everturn.yaml. “npx everturn models check” asks the provider.',
  model_refused: 'Read what the provider says above; change the request or the model in everturn.yaml.',
  model_rate_limited: 'Wait a moment and send again.',
  model_unavailable: 'The provider has a problem. Send again later.',
  model_timeout: 'Send again. If it happens often, raise timeoutMs of the model in everturn.yaml.',
  model_stream_cut: 'Send again. What was finished before is kept.',
  model_unreadable: 'Choose another model, or name the dialect of its key in everturn.yaml.',
  model_reply_too_long:
    'The reply was given up because it did not end. Ask for less, or raise the limit that is named above in everturn.yaml.',
  model_reply_cut: 'Send “continue” to have the rest, or raise maxTokens of the model in everturn.yaml.',
  model_reply_empty: 'Ask in other words, or ask another model.',
  model_refused_content: 'Change the request, or ask another model.',
  calls_repeated: 'Tell the model what to do instead. What was finished before is kept.',
  failures_repeated: 'Tell the model what to do instead. What was finished before is kept.',
  result_refused: 'Look at the schema and at what came last, which is named above.',
  turn_budget_spent: 'Send “continue” to go on in a turn with a budget of its own.',
  session_budget_spent: 'Begin another session, or raise the budget that is named above.',
  step_limit: 'Send “continue” to go on, or raise limits.stepsPerTurn in everturn.yaml.',
  turn_cancelled: 'What was finished before is kept.',
  turn_terminated: 'Somebody ended the workflow in Temporal. Send again to go on from here.',
  internal: 'This is a defect of Everturn. What was finished is kept; send again.',
};

/** What a code means and what to do about it, for people. */
export const explain = (code: string): { meaning: string; advice: string } =>
  isErrorCode(code)
    ? {
        meaning: errorTable[code].meaning,
        advice: advice[code] ?? (errorTable[code].retryable ? 'Send again.' : 'Change the request and send again.'),
      }
    : { meaning: 'The turn failed', advice: 'Send again.' };
