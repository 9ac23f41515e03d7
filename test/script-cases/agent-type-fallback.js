// Asks for an agent that may not be installed, and goes on without it when the error says so. It knows the error by its
// words, "agent type 'x' not found", which ours did not have: the script ended instead.
// Kind: words of an error that scripts read. Source: activities/script/prepare-agent.ts.
export const meta = { name: 'agent-type-fallback', description: 'd' }

const isMissing = (error) => /agent type\b[\s\S]*\bnot found/i.test(String(error?.message ?? error))
const careful = async (prompt) => {
  const agentType = args?.agentType ?? 'crew:watcher'
  try {
    return await agent(prompt, { agentType })
  } catch (error) {
    if (!isMissing(error)) throw error
    log(`${agentType} is missing: ${error.message}`)
    return await agent(`${prompt} Change nothing.`)
  }
}
return await careful('Read the ledger.')
