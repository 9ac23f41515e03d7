import { type ErrorCode, isErrorCode } from '../contracts/errors.ts';

/** What the command ends with, for scripts. Stable: a number keeps its meaning. */
export const exitCodes = {
  ok: 0,
  /** What was asked for was tried and failed. */
  failure: 1,
  /** The command line, the input or everturn.yaml is wrong. */
  usage: 2,
  notRunning: 3,
  alreadyRunning: 4,
  /** This machine lacks something: a port, the Temporal server, a data folder of this version that can be used. */
  machine: 5,
  /** The token or the origin was refused, or this user may not answer. */
  unauthorized: 6,
  /** It is too late or too early: answered already, busy, ended or not yet, used with another body. */
  conflict: 7,
  /** The turn was cancelled before its reply was complete, or the run before its end. */
  cancelled: 8,
  /** Ctrl-C, as shells have it. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const byError: Partial<Record<ErrorCode, ExitCode>> = {
  bad_request: exitCodes.usage,
  session_not_found: exitCodes.usage,
  approval_not_found: exitCodes.usage,
  body_too_large: exitCodes.usage,
  workspace_invalid: exitCodes.usage,
  config_invalid: exitCodes.usage,
  flow_not_found: exitCodes.usage,
  flow_invalid: exitCodes.usage,
  script_not_found: exitCodes.usage,
  script_invalid: exitCodes.usage,
  agent_not_found: exitCodes.usage,
  agent_invalid: exitCodes.usage,
  tool_unknown: exitCodes.usage,
  tool_invalid: exitCodes.usage,
  tool_arguments: exitCodes.usage,
  input_invalid: exitCodes.usage,
  run_not_found: exitCodes.usage,
  subagent_not_found: exitCodes.usage,
  step_not_found: exitCodes.usage,
  artifact_not_found: exitCodes.usage,
  schedule_not_found: exitCodes.usage,
  form_invalid: exitCodes.usage,
  model_unknown: exitCodes.usage,
  not_running: exitCodes.notRunning,
  already_running: exitCodes.alreadyRunning,
  port_taken: exitCodes.machine,
  temporal_missing: exitCodes.machine,
  data_version: exitCodes.machine,
  migration_failed: exitCodes.machine,
  data_foreign: exitCodes.machine,
  folder_unusable: exitCodes.machine,
  unauthorized: exitCodes.unauthorized,
  forbidden_origin: exitCodes.unauthorized,
  approver_refused: exitCodes.unauthorized,
  webhook_refused: exitCodes.unauthorized,
  project_untrusted: exitCodes.unauthorized,
  change_not_found: exitCodes.usage,
  change_decided: exitCodes.conflict,
  change_conflict: exitCodes.conflict,
  approval_answered: exitCodes.conflict,
  approval_closed: exitCodes.conflict,
  approval_expired: exitCodes.conflict,
  run_active: exitCodes.conflict,
  run_ended: exitCodes.conflict,
  subagent_ended: exitCodes.conflict,
  idempotency_mismatch: exitCodes.conflict,
  session_busy: exitCodes.conflict,
  queue_full: exitCodes.conflict,
  trust_changed: exitCodes.conflict,
  turn_cancelled: exitCodes.cancelled,
  run_cancelled: exitCodes.cancelled,
};

export const exitCodeOf = (code: unknown): ExitCode =>
  isErrorCode(code) ? (byError[code] ?? exitCodes.failure) : exitCodes.failure;
