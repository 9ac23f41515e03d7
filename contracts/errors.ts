/**
 * Every error a user or a client can meet: one row each.
 * `retryable` says whether the same action can succeed later without a change by the user.
 */
export const errorTable = {
  bad_request: { status: 400, retryable: false, meaning: 'The request does not fit its contract' },
  unauthorized: { status: 401, retryable: false, meaning: 'The token is missing or wrong' },
  forbidden_origin: { status: 403, retryable: false, meaning: 'The Host or Origin is not allowed' },
  forbidden_role: { status: 403, retryable: false, meaning: 'The role of the user does not allow it' },
  user_not_found: { status: 404, retryable: false, meaning: 'No such user' },
  user_exists: { status: 409, retryable: false, meaning: 'The name belongs to another user' },
  user_fixed: { status: 409, retryable: false, meaning: 'The user is not one that the API can change' },
  login_off: { status: 404, retryable: false, meaning: 'Signing in at an identity provider is not switched on' },
  login_failed: { status: 403, retryable: false, meaning: 'The identity provider or its claims let nobody in' },
  login_unavailable: { status: 502, retryable: true, meaning: 'The identity provider does not answer' },
  not_found: { status: 404, retryable: false, meaning: 'No such route' },
  session_not_found: { status: 404, retryable: false, meaning: 'No such session' },
  approval_not_found: { status: 404, retryable: false, meaning: 'No such approval' },
  approval_answered: { status: 409, retryable: false, meaning: 'The approval already has an answer' },
  approval_changed: { status: 409, retryable: false, meaning: 'The call is not the one that was shown' },
  remember_refused: { status: 409, retryable: false, meaning: 'No rule can be made from the answer' },
  permission_not_found: { status: 404, retryable: false, meaning: 'No such rule or read access' },
  approval_closed: { status: 409, retryable: false, meaning: 'The turn that asked has ended' },
  change_not_found: { status: 404, retryable: false, meaning: 'No such change of a file' },
  change_decided: { status: 409, retryable: false, meaning: 'Somebody has decided about the change already' },
  change_conflict: { status: 409, retryable: false, meaning: 'A file is not what the change was made from' },
  idempotency_mismatch: { status: 409, retryable: false, meaning: 'The key was used with another body' },
  session_busy: {
    status: 409,
    retryable: true,
    meaning: 'A turn is running, or a message waits for one',
  },
  queue_full: { status: 429, retryable: true, meaning: 'The session has too many waiting messages' },
  body_too_large: { status: 413, retryable: false, meaning: 'The body is over the limit' },
  headers_too_large: { status: 431, retryable: false, meaning: 'The headers are over the limit' },
  request_timeout: { status: 408, retryable: true, meaning: 'The request did not arrive in time' },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    meaning: 'The body is not of the kind that the route takes',
  },
  attachment_not_found: { status: 404, retryable: false, meaning: 'No such attachment' },
  attachment_refused: { status: 422, retryable: false, meaning: 'The content cannot be attached' },
  attachment_too_large: { status: 413, retryable: false, meaning: 'The attachment is over the limit' },
  attachments_busy: { status: 503, retryable: true, meaning: 'Too many attachments are being read' },
  import_invalid: { status: 422, retryable: false, meaning: 'The file is not an exported session' },
  workspace_invalid: { status: 422, retryable: false, meaning: 'The workspace is not a folder that can be read' },
  flow_not_found: { status: 404, retryable: false, meaning: 'No flow has this name' },
  flow_invalid: { status: 422, retryable: false, meaning: 'The flow file has faults' },
  script_not_found: { status: 404, retryable: false, meaning: 'No script has this name' },
  script_invalid: { status: 422, retryable: false, meaning: 'The script has faults' },
  agent_not_found: { status: 404, retryable: false, meaning: 'No agent has this name' },
  agent_invalid: { status: 422, retryable: false, meaning: 'The agent file has faults' },
  key_not_found: { status: 404, retryable: false, meaning: 'everturn.yaml names no such key' },
  model_unknown: { status: 422, retryable: false, meaning: 'everturn.yaml names no such model' },
  run_not_found: { status: 404, retryable: false, meaning: 'No such run' },
  step_not_found: { status: 404, retryable: false, meaning: 'The run has no such step' },
  artifact_not_found: { status: 404, retryable: false, meaning: 'The run has no such artifact' },
  run_ended: { status: 409, retryable: false, meaning: 'The run has ended' },
  run_active: { status: 409, retryable: true, meaning: 'The run has not ended yet' },
  input_invalid: { status: 422, retryable: false, meaning: 'The input does not fit the schema of the flow' },
  approval_expired: { status: 409, retryable: false, meaning: 'The deadline has passed' },
  approver_refused: { status: 403, retryable: false, meaning: 'This user is not among those who may answer' },
  form_invalid: { status: 422, retryable: false, meaning: 'The answer does not fit the form' },
  webhook_refused: { status: 401, retryable: false, meaning: 'The secret of the webhook is missing or wrong' },
  schedule_not_found: { status: 404, retryable: false, meaning: 'No flow has such a schedule' },
  project_untrusted: {
    status: 403,
    retryable: false,
    meaning: 'The person has not trusted this content of the project',
  },
  trust_changed: {
    status: 409,
    retryable: false,
    meaning: 'The content of the project has changed since it was shown',
  },

  run_stuck: { status: 500, retryable: false, meaning: 'The run cannot move any more' },
  run_failed: { status: 500, retryable: false, meaning: 'A step failed and nothing tolerates it' },
  run_terminated: { status: 500, retryable: false, meaning: 'The run was ended from outside' },
  run_timed_out: { status: 504, retryable: false, meaning: 'The run took longer than it may' },
  run_cancelled: { status: 499, retryable: false, meaning: 'The run was cancelled' },
  step_timed_out: { status: 504, retryable: false, meaning: 'The step took longer than its timeout' },
  step_failed: { status: 500, retryable: false, meaning: 'The step failed' },
  join_failed: { status: 500, retryable: false, meaning: 'Too few members of the group completed' },
  items_invalid: { status: 422, retryable: false, meaning: 'What the step maps over is not an array' },
  schema_slow: { status: 422, retryable: false, meaning: 'Checking a value by its schema takes too long' },
  result_refused: {
    status: 422,
    retryable: false,
    meaning: 'The agent handed in only results that do not fit the schema',
  },
  result_invalid: { status: 422, retryable: false, meaning: 'The result does not fit its schema' },
  approval_denied: { status: 403, retryable: false, meaning: 'A person denied the step' },

  script_failed: { status: 422, retryable: false, meaning: 'The script threw an error' },
  script_stuck: { status: 422, retryable: false, meaning: 'The script waits for what can never come' },
  script_stopped: { status: 422, retryable: false, meaning: 'The script used more time or memory than it may' },
  script_result: { status: 422, retryable: false, meaning: 'The result of the script is not JSON, or is too large' },
  no_agent_ran: { status: 422, retryable: false, meaning: 'Every agent of the script was refused or failed' },
  script_limit: { status: 422, retryable: false, meaning: 'The script asks for more than one run may have' },
  budget_spent: { status: 422, retryable: false, meaning: 'The budget of the run is spent' },
  turn_budget_spent: { status: 422, retryable: false, meaning: 'The budget of the turn is spent' },
  session_budget_spent: { status: 422, retryable: false, meaning: 'The budget of the session is spent' },

  subagent_not_found: { status: 404, retryable: false, meaning: 'No such background agent' },
  subagent_ended: { status: 409, retryable: false, meaning: 'The background agent has ended' },
  subagent_not_retried: { status: 409, retryable: false, meaning: 'The background agent cannot be retried' },
  subagent_cancelled: { status: 499, retryable: false, meaning: 'The background agent was cancelled' },
  subagent_crashed: { status: 500, retryable: false, meaning: 'The background agent was ended from outside' },

  database_unavailable: { status: 503, retryable: true, meaning: 'Postgres does not answer' },
  temporal_unavailable: { status: 503, retryable: true, meaning: 'Temporal does not answer' },
  storage_full: { status: 507, retryable: true, meaning: 'The disk is full' },
  internal: { status: 500, retryable: true, meaning: 'A defect of ours' },

  config_invalid: { status: 500, retryable: false, meaning: 'everturn.yaml cannot be used' },
  port_taken: { status: 500, retryable: false, meaning: 'A port that was asked for is in use' },
  already_running: { status: 409, retryable: false, meaning: 'The stack already runs on this data' },
  not_running: { status: 503, retryable: true, meaning: 'The stack does not run' },
  data_version: { status: 500, retryable: false, meaning: 'The data folder is of another version' },
  data_foreign: { status: 500, retryable: false, meaning: 'The data folder was not made here by this user' },
  migration_failed: { status: 500, retryable: false, meaning: 'The data cannot be brought to this release' },
  folder_unusable: { status: 500, retryable: false, meaning: 'A folder that the stack needs cannot be used' },
  temporal_missing: { status: 500, retryable: false, meaning: 'No Temporal server can be found, fetched or built' },
  process_failed: { status: 500, retryable: false, meaning: 'A process of the stack keeps dying' },

  model_unauthorized: { status: 502, retryable: false, meaning: 'The provider refused the key' },
  model_not_found: { status: 502, retryable: false, meaning: 'The provider does not know the model or the address' },
  model_keys_marked: { status: 503, retryable: true, meaning: 'Every key that could be asked is marked' },
  model_refused: { status: 502, retryable: false, meaning: 'The provider refused the request' },
  model_rate_limited: { status: 502, retryable: true, meaning: 'The provider asks to wait' },
  model_unavailable: { status: 502, retryable: true, meaning: 'The provider failed or does not answer' },
  model_timeout: { status: 504, retryable: true, meaning: 'The provider sent nothing for too long' },
  model_stream_cut: { status: 502, retryable: true, meaning: "The provider's stream ended in the middle" },
  model_unreadable: { status: 502, retryable: false, meaning: 'The reply has a shape that cannot be read' },
  model_overflow: {
    status: 502,
    retryable: false,
    meaning: 'The conversation does not fit into the context window of the model',
  },
  model_reply_too_long: { status: 502, retryable: false, meaning: 'The reply is longer than it may be' },
  model_reply_cut: { status: 502, retryable: false, meaning: 'The reply was cut off at the limit of its tokens' },
  model_reply_empty: { status: 502, retryable: false, meaning: 'The model answered with nothing' },
  model_refused_content: { status: 502, retryable: false, meaning: 'The model or its provider refused to answer' },
  calls_repeated: { status: 500, retryable: false, meaning: 'The model made the same calls again and again' },
  failures_repeated: { status: 500, retryable: false, meaning: 'The calls of the model failed again and again' },
  check_failed: { status: 422, retryable: false, meaning: 'The check command failed after a change of files' },
  step_limit: { status: 500, retryable: false, meaning: 'The turn used all of its steps' },
  turn_cancelled: { status: 499, retryable: false, meaning: 'The turn was cancelled' },
  not_asked: { status: 403, retryable: false, meaning: 'No row in Postgres asks for this work' },
  turn_terminated: { status: 500, retryable: false, meaning: 'The turn was ended from outside' },

  tool_unknown: { status: 422, retryable: false, meaning: 'The model asked for a tool that is not there' },
  tool_invalid: { status: 422, retryable: false, meaning: 'A file with a tool has faults' },
  tool_arguments: { status: 422, retryable: false, meaning: 'The arguments do not fit the tool' },
  tool_denied: { status: 403, retryable: false, meaning: 'A person refused the call' },
  tool_interrupted: { status: 500, retryable: false, meaning: 'The call was cut off, its outcome is unknown' },
  tool_failed: { status: 422, retryable: false, meaning: 'The tool could not do it' },
  path_outside_workspace: { status: 403, retryable: false, meaning: 'The path leaves the workspace' },

  code_syntax: { status: 422, retryable: false, meaning: 'Code, an expression or a template cannot be read' },
  code_failed: { status: 422, retryable: false, meaning: 'Code, an expression or a template threw an error' },
  code_timeout: { status: 422, retryable: false, meaning: 'The code ran for longer than it may' },
  code_memory: { status: 422, retryable: false, meaning: 'The code needs more memory than it may take' },
  code_result: { status: 422, retryable: false, meaning: 'The result of the code is no JSON, or too large' },
  template_undefined: { status: 422, retryable: false, meaning: 'A template names something that is not there' },
} as const satisfies Record<string, { status: number; retryable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof errorTable;

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && code in errorTable;

/** Codes of Postgres and of the system for a disk, or a quota, that is used up. */
const fullCodes: readonly unknown[] = ['53100', 'ENOSPC', 'EDQUOT'];

export const isStorageFull = (error: unknown): boolean =>
  error instanceof Error && (('code' in error && fullCodes.includes(error.code)) || isStorageFull(error.cause));

/** Of what everything rests on, not of the work itself: the same work succeeds when that is mended. */
export const isOfStorage = (error: unknown): boolean =>
  error instanceof EverturnError && (error.code === 'database_unavailable' || error.code === 'storage_full');

/** Thrown wherever a row of {@link errorTable} applies. The message names the action, the value and what to do. */
export class EverturnError extends Error {
  override readonly name = 'EverturnError';
  readonly code: ErrorCode;
  /** Facts for programs, such as the first answer of an approval. Sent to clients: never a secret. */
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}
