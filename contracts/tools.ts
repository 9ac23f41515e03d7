/**
 * What may happen when a call is cut off: a `pure` tool runs again; an `idempotent` one runs again with the same
 * key; a `once` tool never does, its result says that the outcome is unknown.
 */
export type ToolEffect = 'pure' | 'idempotent' | 'once';

/** What a session must allow; `read` always is, the others ask a person first unless the session allows them. */
export const permissions = ['read', 'write', 'run'] as const;
export type ToolPermission = (typeof permissions)[number];

/** The tool by which a session with a schema hands in its result. */
export const submitResultName = 'submit_result';
