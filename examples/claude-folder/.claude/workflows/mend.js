export const meta = { name: 'mend', description: 'Collects findings and has each of them mended in turn' }

const finding = {
  type: 'object',
  required: ['findings'],
  properties: { findings: { type: 'array', items: { type: 'string' }, maxItems: 3 } },
}
const first = await agent('List what is left to do in this folder', { label: 'collect', agentType: 'librarian', schema: finding })
const open = first?.findings ?? []
log(`${open.length} findings`)
const mended = await pipeline(
  open.length > 0 ? open : ['the README'],
  (one) => agent(`Say how to mend this: ${one}`, { label: 'mend', agentType: 'crew:fixer', subagent_type: 'fixer' }),
  (text, one) => ({ one, text, at: undefined }),
)
return { mended }
