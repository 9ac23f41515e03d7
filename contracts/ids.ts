/** Ids are derived, never random, wherever a workflow or an activity makes one. */

export const streamOfSession = (sessionId: string): string => `session/${sessionId}`;
/** Of the workflow that each session had before migration 010; only the upgrade names it. */
export const sessionWorkflowIdBefore010 = (sessionId: string): string => `session/${sessionId}`;
export const turnWorkflowId = (sessionId: string, turn: number): string => `turn/${sessionId}/${turn}`;
export const turnId = (sessionId: string, turn: number): string => `${sessionId}/${turn}`;

/** One model request: the key under which its result is sealed once. */
export const stepKey = (sessionId: string, turn: number, step: number): string => `${sessionId}/${turn}/${step}`;

/** One tool call; `call` counts the calls of its step from 0. Also the id of its approval. */
export const callKey = (sessionId: string, turn: number, step: number, call: number): string =>
  `${stepKey(sessionId, turn, step)}/${call}`;

/** Of a set of changes of files; its key is that of a call, or of a user's request. */
export const fileChangesWorkflowId = (key: string): string => `file-changes/${key}`;

/** The writing of a summary; `attempt` counts the epochs of the session before it. */
export const compactionKey = (sessionId: string, turn: number, step: number, attempt: number): string =>
  `${stepKey(sessionId, turn, step)}/compact/${attempt}`;

const idWithin = (prefix: string, stream: string): string | null =>
  stream.startsWith(prefix) ? stream.slice(prefix.length) : null;
export const sessionOfStream = (stream: string): string | null => idWithin('session/', stream);
export const runOfStream = (stream: string): string | null => idWithin('run/', stream);

export const streamOfRun = (runId: string): string => `run/${runId}`;
export const runWorkflowId = (runId: string): string => `run/${runId}`;
/** The key of a step's node too. */
export const stepWorkflowId = (runId: string, step: string): string => `run/${runId}/step/${step}`;
export const itemWorkflowId = (runId: string, step: string, index: number): string =>
  `${stepWorkflowId(runId, step)}/item/${index}`;
/** A subagent's session is named after it: who knows one knows both. */
export const sessionOfSubagent = (subagentId: string): string => `s_${subagentId.slice('a_'.length)}`;
export const subagentWorkflowId = (subagentId: string): string => `subagent/${subagentId}`;

export const batchWorkflowId = (runId: string, batch: string): string => `run/${runId}/batch/${batch}`;
/** `chosen` counts the cases from 0; -1 is the default. */
export const branchWorkflowId = (runId: string, step: string, chosen: number): string =>
  `${stepWorkflowId(runId, step)}/branch/${chosen < 0 ? 'default' : chosen}`;

/** A step by its name; calls of scripts have ids of content, whose first digits distinguish them. */
export const stepName = (step: string): string => (/^[0-9a-f]{20}/.test(step) ? `call ${step.slice(0, 8)}` : step);

/** Runs begin with `r_`, sessions with `s_`. */
export const isRunId = (id: string): boolean => id.startsWith('r_');

/** Ids of questions begin with their run, ids of approvals with their session. */
export const isQuestionId = (id: string): boolean => id.startsWith('run/');
