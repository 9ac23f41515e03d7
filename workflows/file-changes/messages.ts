/** `key` is that of the set: what is done is in its row. */
export type FileChangesInput = { key: string; sessionId: string; consoleUrl: string };
