// A pool and a queue that the script builds from promises, since it wants an order of its own: slots that are handed on,
// a chain of locks, rejections that are kept as values. Names of the host are declared again.
// Kind: none so far; here so that it stays so. Source: workflows/script/engine/promises.ts.
export const meta = { name: 'pool-by-hand', description: 'd', phases: [{ title: 'Work' }] }

const budget = args?.budget ?? 2
const waiting = []
let open = budget
const slot = async (work) => {
  if (open > 0) open -= 1
  else await new Promise((resolve) => waiting.push(resolve))
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else open += 1
  }
}
const guard = (promise) => promise.catch((error) => ({ failed: error.message }))

const order = []
let tail = Promise.resolve()
const inTurn = (work) => {
  const mine = tail.then(work)
  tail = mine.catch(() => null)
  return mine
}

phase('Work')
const jobs = ['a', 'b', 'c', 'd', 'e'].map((name) =>
  guard(
    slot(async () => {
      if (name === 'd') throw new Error('d is refused')
      const said = await agent(`Do ${name}`, { label: name })
      await inTurn(async () => order.push(name))
      return said
    }),
  ),
)
const [first] = await Promise.all([Promise.race(jobs), ...jobs])
return { done: await Promise.all(jobs), order: order.toSorted(), first: typeof first }
