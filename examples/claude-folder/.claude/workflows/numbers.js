// Counts words and writes a table of them.
export const meta = { name: 'Numbers & words', description: 'Counts, sorts and writes numbers as people read them' }

const names = ['part 10', 'part 9', 'Part 1']
const total = 1234567.891
const day = new Date('2026-03-01T09:05:00Z')
console.log('counting', names.length)
const text = await agent('Say one word', { label: 'word', model: 'fable', agentType: 'general-purpose' })
return {
  zulu: names.sort((a, b) => a.localeCompare(b, undefined, { numeric: true, sensitivity: 'base' })),
  total: total.toLocaleString('en-US', { maximumFractionDigits: 1 }),
  cost: new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(0.5),
  day: day.toLocaleDateString('en-US', { dateStyle: 'medium' }),
  alpha: typeof text,
}
