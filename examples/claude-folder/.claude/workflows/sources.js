export const meta = { name: 'sources', description: 'Asks for sources in rounds until nothing new comes, and groups them by host' }

const env = typeof process !== 'undefined' && process.env ? process.env.HOST : 'nowhere'
const hostOf = (link) => {
  try {
    return new URL(link).hostname
  } catch {
    return link
  }
}
const known = new Set(args?.links ?? ['https://Example.org/a', 'not a link'])
let dry = 0
for (let round = 0; round < 5 && dry < 2; round += 1) {
  const said = await agent(`Round ${round}: which file tells most about this folder?`, { label: `round ${round}`, agentType: 'Plan' })
  const before = known.size
  if (said) known.add(said.split('\n')[0])
  dry = known.size === before ? dry + 1 : 0
}
const hosts = Object.groupBy([...known], hostOf)
return { env, hosts: Object.keys(hosts).length, rounds: known.size }
