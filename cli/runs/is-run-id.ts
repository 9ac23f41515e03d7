/** Runs begin with `r_`, sessions with `s_`. */
export const isRunId = (id: string): boolean => id.startsWith('r_');

/** Ids of questions begin with their run, ids of approvals with their session. */
export const isQuestionId = (id: string): boolean => id.startsWith('run/');
