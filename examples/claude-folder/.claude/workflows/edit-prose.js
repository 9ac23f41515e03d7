/* Has the prose of a file edited, with the numbers beside it. */
export default async function (args) {
  phase('Edit');
  const edited = await agent(`Edit the prose of ${args?.file ?? 'README.md'}`, {
    label: 'edit',
    agentType: 'house-style',
    maxTurns: 4,
    max_tool_calls: 6,
    capabilities: ['read'],
  });
  const numbers = await workflow({ scriptPath: '.claude/workflows/numbers.js' });
  return { edited, numbers };
}
