/**
 * What may happen when a call is cut off: a `pure` tool runs again; an `idempotent` one runs again with the same
 * key; a `once` tool never does, its result says that the outcome is unknown.
 */
export type ToolEffect = 'pure' | 'idempotent' | 'once';

/** What a session must allow; `read` always is, the others ask a user first unless the session allows them. */
export const permissions = ['read', 'write', 'run'] as const;
export type ToolPermission = (typeof permissions)[number];

/** The tool by which a session with a schema hands in its result. */
export const submitResultName = 'submit_result';

/** Whether a list names a tool: `server__*` names all tools of a server. */
export const isNamed = (name: string, names: readonly string[]): boolean =>
  names.includes(name) || names.some((one) => one.endsWith('__*') && name.startsWith(one.slice(0, -1)));
