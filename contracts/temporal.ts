/** Names both sides of Temporal use. Registered at the server's start; all of type Keyword. */
export const searchAttributes = {
  kind: 'EverturnKind',
  session: 'EverturnSession',
  run: 'EverturnRun',
  status: 'EverturnStatus',
  agent: 'EverturnAgent',
  model: 'EverturnModel',
  step: 'EverturnStep',
  /** The id of the workflow that started this one. */
  parent: 'EverturnParent',
} as const;

/** Scripts run in workers of their own, beside those of the agents they start. */
export const scriptsQueue = (agentsQueue: string): string => `${agentsQueue}-scripts`;
