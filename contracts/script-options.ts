/** The options of `agent()`, `approve()` and of what groups agents, by name, for workflows, which have no zod; `contracts/script.ts` says what they hold. */
export const optionNames = {
  agent: [
    ...['label', 'phase', 'schema', 'model', 'effort', 'agentType', 'isolation', 'timeout', 'retries', 'budget'],
    ...['onError', 'tools', 'maxToolCalls', 'max_tool_calls', 'max_tool_iters', 'capabilities', 'resultTries', 'reuse'],
  ],
  group: ['budget'],
  approve: ['label', 'phase', 'approvers', 'deadline', 'onDeadline', 'form'],
};
