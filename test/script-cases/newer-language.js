// What the language has had for some years, as scripts for recent Node versions use it.
// Kind: none so far; here so that it stays so. Source: the engine.
export const meta = { name: 'newer-language', description: 'd' }

const rows = [{ kind: 'a', n: 2 }, { kind: 'b', n: 1 }, { kind: 'a', n: 3 }]
const byKind = Object.groupBy(rows, ({ kind }) => kind)
const { promise, resolve } = Promise.withResolvers()
resolve('later')
class Counter {
  #n = 0
  static #made = 0
  static { Counter.#made = 1 }
  get n() { return this.#n }
  add(by = 1) { this.#n += by; return this }
  static get made() { return Counter.#made }
}
function* upTo(n) { for (let i = 1; i <= n; i += 1) yield i }
const lines = String.raw`one\two`.split('\\')
const found = 'v12.3-beta'.match(/^v(?<major>\d+)\.(?<minor>\d+)(?:-(?<tag>\w+))?$/)?.groups
const titled = 'ab cd'.replaceAll(/\b\p{L}/gu, (letter) => letter.toUpperCase())
outer: for (const i of upTo(3)) for (const j of upTo(3)) if (i * j === 4) break outer
let settings = null
settings ??= { deep: { list: [3, 1, 2] } }
return {
  byKind: Object.fromEntries(Object.entries(byKind).map(([kind, list]) => [kind, list.length])),
  later: await promise,
  counter: [new Counter().add().add(2).n, Counter.made],
  sum: [...upTo(4)].reduce((a, b) => a + b, 0),
  lines,
  found: { ...found },
  titled,
  sorted: structuredClone(settings).deep.list.toSorted(),
  last: rows.at(-1).n,
  sets: [...new Set([1, 2]).union(new Set([3]))],
  settled: (await Promise.allSettled([Promise.reject(new RangeError('no'))]))[0].reason.name,
  any: await Promise.any([Promise.reject(1), 2]),
  cause: new Error('x', { cause: 'y' }).cause,
  behind: 'price: 40'.match(/(?<=: )\d+/)[0],
  segments: [...'né'].length,
}
