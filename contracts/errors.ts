/**
 * Every error that a user or a client can see, one row each.
 * `retryable`: the same action can succeed later without a change by the user.
 */
export const errorTable = {
  bad_request: { status: 400, retryable: false, meaning: 'The request does not fit its contract' },
  unauthorized: { status: 401, retryable: false, meaning: 'The token is missing or wrong' },
  forbidden_origin: { status: 403, retryable: false, meaning: 'The Host or Origin is not allowed' },
  forbidden_role: { status: 403, retryable: false, meaning: 'The role of the user does not allow it' },
  user_not_found: { status: 404, retryable: false, meaning: 'No such user' },
  user_exists: { status: 409, retryable: false, meaning: 'Another user has this name' },
  user_fixed: { status: 409, retryable: false, meaning: 'The API cannot change this user' },
  login_off: { status: 404, retryable: false, meaning: 'Login with an identity provider is not enabled' },
  login_failed: {
    status: 403,
    retryable: false,
    meaning: 'The identity provider refused the login, or its claims contain no known role',
  },
  login_unavailable: { status: 502, retryable: true, meaning: 'The identity provider does not respond' },
  not_found: { status: 404, retryable: false, meaning: 'No such route' },
  session_not_found: { status: 404, retryable: false, meaning: 'No such session' },
  approval_not_found: { status: 404, retryable: false, meaning: 'No such approval' },
  approval_answered: { status: 409, retryable: false, meaning: 'The approval already has an answer' },
  approval_changed: { status: 409, retryable: false, meaning: 'The call differs from the one that was shown' },
  remember_refused: { status: 409, retryable: false, meaning: 'The answer cannot be remembered as a rule' },
  permission_not_found: { status: 404, retryable: false, meaning: 'No such rule or read access' },
  approval_closed: { status: 409, retryable: false, meaning: 'The turn or the call that asked has ended' },
  change_not_found: { status: 404, retryable: false, meaning: 'No such change to a file' },
  change_decided: { status: 409, retryable: false, meaning: 'The change has already been decided' },
  change_conflict: {
    status: 409,
    retryable: false,
    meaning: 'A file no longer has the content that the change is based on',
  },
  idempotency_mismatch: { status: 409, retryable: false, meaning: 'The idempotency key was used with another body' },
  session_busy: {
    status: 409,
    retryable: true,
    meaning: 'A turn is running, or a message is waiting',
  },
  message_not_found: { status: 404, retryable: false, meaning: 'The session has no such message' },
  message_taken: { status: 409, retryable: false, meaning: 'The message waits no longer' },
  message_withdrawn: { status: 409, retryable: false, meaning: 'The message was withdrawn before the agent read it' },
  request_not_found: { status: 404, retryable: false, meaning: 'No such model request' },
  command_not_found: { status: 404, retryable: false, meaning: 'No such background command' },
  queue_full: { status: 429, retryable: true, meaning: 'The session has too many waiting messages' },
  body_too_large: { status: 413, retryable: false, meaning: 'The body exceeds the limit' },
  headers_too_large: { status: 431, retryable: false, meaning: 'The headers exceed the limit' },
  request_timeout: { status: 408, retryable: true, meaning: 'The request did not arrive in time' },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    meaning: 'The route does not accept this type of body',
  },
  attachment_not_found: { status: 404, retryable: false, meaning: 'No such attachment' },
  attachment_refused: { status: 422, retryable: false, meaning: 'The content cannot be attached' },
  attachment_too_large: { status: 413, retryable: false, meaning: 'The attachment exceeds the limit' },
  attachments_busy: { status: 503, retryable: true, meaning: 'Too many attachments are being read' },
  import_invalid: { status: 422, retryable: false, meaning: 'The file is not an exported session' },
  workspace_invalid: { status: 422, retryable: false, meaning: 'The workspace is not a readable folder' },
  flow_not_found: { status: 404, retryable: false, meaning: 'No flow has this name' },
  flow_invalid: { status: 422, retryable: false, meaning: 'The flow file contains errors' },
  script_not_found: { status: 404, retryable: false, meaning: 'No script has this name' },
  script_invalid: { status: 422, retryable: false, meaning: 'The script contains errors' },
  agent_not_found: { status: 404, retryable: false, meaning: 'No agent has this name' },
  agent_invalid: { status: 422, retryable: false, meaning: 'The agent file contains errors' },
  note_not_found: { status: 404, retryable: false, meaning: 'No such note' },
  key_not_found: { status: 404, retryable: false, meaning: 'everturn.yaml does not contain this key' },
  model_unknown: { status: 422, retryable: false, meaning: 'everturn.yaml does not contain this model' },
  run_not_found: { status: 404, retryable: false, meaning: 'No such run' },
  step_not_found: { status: 404, retryable: false, meaning: 'The run has no such step' },
  artifact_not_found: { status: 404, retryable: false, meaning: 'The run has no such artifact' },
  run_ended: { status: 409, retryable: false, meaning: 'The run has ended' },
  run_active: { status: 409, retryable: true, meaning: 'The run has not ended yet' },
  input_invalid: { status: 422, retryable: false, meaning: 'The input does not fit the schema of the flow' },
  approval_expired: { status: 409, retryable: false, meaning: 'The deadline has passed' },
  approver_refused: { status: 403, retryable: false, meaning: 'This user may not answer' },
  form_invalid: { status: 422, retryable: false, meaning: 'The answer does not fit the form' },
  webhook_refused: { status: 401, retryable: false, meaning: 'The secret of the webhook is missing or wrong' },
  workflow_not_found: { status: 404, retryable: false, meaning: 'No such workflow of Everturn in Temporal' },
  workflow_ended: { status: 409, retryable: false, meaning: 'The workflow has ended' },
  activity_not_found: { status: 404, retryable: false, meaning: 'The workflow has no such open activity' },
  retry_refused: { status: 409, retryable: false, meaning: 'The activity cannot be tried at once' },
  schedule_not_found: { status: 404, retryable: false, meaning: 'No such schedule' },
  project_untrusted: {
    status: 403,
    retryable: false,
    meaning: 'The content of the project is not trusted',
  },
  trust_changed: {
    status: 409,
    retryable: false,
    meaning: 'The content of the project has changed since it was shown',
  },

  run_stuck: { status: 500, retryable: false, meaning: 'The run cannot continue' },
  run_failed: { status: 500, retryable: false, meaning: 'A step failed, and the failure is not tolerated' },
  run_terminated: { status: 500, retryable: false, meaning: 'The run was terminated' },
  run_timed_out: { status: 504, retryable: false, meaning: 'The run exceeded its time limit' },
  run_cancelled: { status: 499, retryable: false, meaning: 'The run was cancelled' },
  step_timed_out: { status: 504, retryable: false, meaning: 'The step exceeded its timeout' },
  step_failed: { status: 500, retryable: false, meaning: 'The step failed' },
  join_failed: { status: 500, retryable: false, meaning: 'Too few members of the group completed' },
  items_invalid: { status: 422, retryable: false, meaning: 'The items of the map step are not an array' },
  schema_slow: { status: 422, retryable: false, meaning: 'Validating a value against its schema takes too long' },
  result_refused: {
    status: 422,
    retryable: false,
    meaning: 'The agent submitted only results that do not fit the schema',
  },
  result_invalid: { status: 422, retryable: false, meaning: 'The result does not fit its schema' },
  approval_denied: { status: 403, retryable: false, meaning: 'The approval was denied' },

  script_failed: { status: 422, retryable: false, meaning: 'The script threw an error' },
  script_stuck: { status: 422, retryable: false, meaning: 'The script waits for a promise that cannot settle' },
  script_stopped: { status: 422, retryable: false, meaning: 'The script exceeded its limit of time or memory' },
  script_result: { status: 422, retryable: false, meaning: 'The result of the script is not JSON, or is too large' },
  no_agent_ran: { status: 422, retryable: false, meaning: 'Every agent of the script was refused or failed' },
  script_limit: { status: 422, retryable: false, meaning: 'The script exceeds a limit of a run' },
  budget_spent: { status: 422, retryable: false, meaning: 'The budget of the run is spent' },
  turn_budget_spent: { status: 422, retryable: false, meaning: 'The budget of the turn is spent' },
  session_budget_spent: { status: 422, retryable: false, meaning: 'The budget of the session is spent' },

  subagent_not_found: { status: 404, retryable: false, meaning: 'No such background agent' },
  subagent_ended: { status: 409, retryable: false, meaning: 'The background agent has ended' },
  subagent_not_retried: { status: 409, retryable: false, meaning: 'The background agent cannot be retried' },
  subagent_cancelled: { status: 499, retryable: false, meaning: 'The background agent was cancelled' },
  subagent_crashed: { status: 500, retryable: false, meaning: 'The background agent was terminated' },

  database_unavailable: { status: 503, retryable: true, meaning: 'Postgres does not respond' },
  temporal_unavailable: { status: 503, retryable: true, meaning: 'Temporal does not respond' },
  storage_full: { status: 507, retryable: true, meaning: 'The disk is full' },
  internal: { status: 500, retryable: true, meaning: 'A defect in Everturn' },

  config_invalid: { status: 500, retryable: false, meaning: 'everturn.yaml cannot be used' },
  port_taken: { status: 500, retryable: false, meaning: 'A requested port is in use' },
  already_running: { status: 409, retryable: false, meaning: 'The stack is already running on this data' },
  not_running: { status: 503, retryable: true, meaning: 'The stack is not running' },
  data_version: { status: 500, retryable: false, meaning: 'The data folder belongs to another version' },
  data_foreign: { status: 500, retryable: false, meaning: 'The data folder was not created here by this user' },
  migration_failed: { status: 500, retryable: false, meaning: 'The data cannot be upgraded to this release' },
  folder_unusable: { status: 500, retryable: false, meaning: 'A folder that the stack needs cannot be used' },
  temporal_missing: {
    status: 500,
    retryable: false,
    meaning: 'A Temporal server cannot be found, downloaded or built',
  },
  process_failed: { status: 500, retryable: false, meaning: 'A process of the stack keeps failing' },

  model_unauthorized: { status: 502, retryable: false, meaning: 'The provider refused the key' },
  model_not_found: { status: 502, retryable: false, meaning: 'The provider does not know the model or the address' },
  model_keys_marked: { status: 503, retryable: true, meaning: 'Every available key is marked' },
  model_refused: { status: 502, retryable: false, meaning: 'The provider refused the request' },
  model_rate_limited: { status: 502, retryable: true, meaning: 'The provider limits the rate of requests' },
  model_unavailable: { status: 502, retryable: true, meaning: 'The provider failed or does not respond' },
  model_timeout: { status: 504, retryable: true, meaning: 'The provider sent nothing for too long' },
  model_stream_cut: { status: 502, retryable: true, meaning: "The provider's stream ended early" },
  model_unreadable: { status: 502, retryable: false, meaning: 'The reply has an unknown format' },
  model_overflow: {
    status: 502,
    retryable: false,
    meaning: 'The conversation does not fit into the context window of the model',
  },
  model_reply_too_long: { status: 502, retryable: false, meaning: 'The reply exceeds the limit' },
  model_reply_cut: { status: 502, retryable: false, meaning: 'The reply was cut off at its token limit' },
  model_reply_empty: { status: 502, retryable: false, meaning: 'The model gave an empty reply' },
  model_refused_content: { status: 502, retryable: false, meaning: 'The model or its provider refused to answer' },
  calls_repeated: { status: 500, retryable: false, meaning: 'The model repeated the same calls' },
  failures_repeated: { status: 500, retryable: false, meaning: 'The calls of the model failed repeatedly' },
  check_failed: { status: 422, retryable: false, meaning: 'The check command failed after a change to files' },
  step_limit: { status: 500, retryable: false, meaning: 'The turn used all of its steps' },
  turn_cancelled: { status: 499, retryable: false, meaning: 'The turn was cancelled' },
  not_asked: { status: 403, retryable: false, meaning: 'No row in Postgres requests this work' },
  turn_terminated: { status: 500, retryable: false, meaning: 'The turn was terminated' },

  tool_unknown: { status: 422, retryable: false, meaning: 'The model called an unknown tool' },
  tool_invalid: { status: 422, retryable: false, meaning: 'The file of a tool contains errors' },
  mcp_server_unknown: { status: 404, retryable: false, meaning: 'No MCP server with this name is configured' },
  mcp_login_failed: { status: 502, retryable: false, meaning: 'Signing in at an MCP server failed' },
  tool_arguments: { status: 422, retryable: false, meaning: 'The arguments do not fit the tool' },
  tool_denied: { status: 403, retryable: false, meaning: 'The call was denied' },
  tool_interrupted: { status: 500, retryable: false, meaning: 'The call was interrupted, and its outcome is unknown' },
  tool_failed: { status: 422, retryable: false, meaning: 'The tool failed' },
  path_outside_workspace: { status: 403, retryable: false, meaning: 'The path leaves the workspace' },

  code_syntax: { status: 422, retryable: false, meaning: 'Code, an expression or a template cannot be parsed' },
  code_failed: { status: 422, retryable: false, meaning: 'Code, an expression or a template threw an error' },
  code_timeout: { status: 422, retryable: false, meaning: 'The code exceeded its time limit' },
  code_memory: { status: 422, retryable: false, meaning: 'The code exceeded its memory limit' },
  code_result: { status: 422, retryable: false, meaning: 'The result of the code is not JSON, or is too large' },
  template_undefined: { status: 422, retryable: false, meaning: 'A template names an unknown value' },
} as const satisfies Record<string, { status: number; retryable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof errorTable;

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && code in errorTable;

/** Codes of Postgres and of the system for a full disk or an exhausted quota. */
const fullCodes: readonly unknown[] = ['53100', 'ENOSPC', 'EDQUOT'];

export const isStorageFull = (error: unknown): boolean =>
  error instanceof Error && (('code' in error && fullCodes.includes(error.code)) || isStorageFull(error.cause));

/** An error of the storage, not of the work itself: the same work succeeds once it is fixed. */
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
