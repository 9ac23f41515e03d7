// A default function whose parameter names what it needs, as several other runners pass it: here it was given the
// arguments alone, so that it ended with "agent is not a function".
// Kind: another shape of the entry. Source: definitions/script/entry-function.ts.
export const meta = { name: 'host-destructured', description: 'd' }

export default async function ({ agent, parallel, phase, log, args = {} }) {
  phase('Look')
  const parts = args.parts ?? ['north', 'south']
  const found = await parallel(parts.map((part) => () => agent(`Count the ${part} doors`, { label: part })))
  log(`${found.length} parts`)
  return { found }
}
