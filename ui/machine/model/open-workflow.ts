/** What an operator asks of a workflow. */
export type WorkflowRequest =
  | { verb: 'cancel' }
  | { verb: 'terminate'; reason: string }
  | { verb: 'retry'; activity: string };

export type WorkflowVerb = WorkflowRequest['verb'];
