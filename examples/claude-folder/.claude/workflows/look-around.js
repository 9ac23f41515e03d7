export const meta = {
  name: 'look-around',
  description: 'Explores a folder from several sides at once and says what each side saw',
  phases: [{ title: 'Look' }, { title: 'Sum up', model: 'opus' }],
}

const asked = typeof args === 'string' ? { question: args } : (args ?? {})
const sides = [
  { key: 'entry', ask: (what) => `Where does ${what} begin? Name the files.` },
  { key: 'tests', ask: (what) => `How is ${what} tested? Name the files.` },
]

phase('Look')
const seen = await parallel(
  sides.map((side) => () =>
    agent(side.ask(asked.question ?? 'this project'), { label: `look:${side.key}`, agentType: 'Explore', model: 'haiku' }).then(
      (text) => ({ ...side, text }),
    ),
  ),
)

phase('Sum up')
const summary = await agent(`Sum up in two sentences:\n${seen.filter(Boolean).map(({ text }) => text).join('\n')}`, {
  label: 'sum up',
  model: 'opus',
})
return { seen: seen.filter(Boolean), summary }
