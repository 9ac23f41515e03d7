import type { Limits } from '../../workflows/script/engine/engine.ts';

export type Attack = {
  name: string;
  body: string;
  /** Of `code: reason`; of a script that must not be harmed, of `completed: ` with its result. */
  ends: RegExp;
  args?: unknown;
  /** Made smaller, where the real one would take long. */
  limits?: Limits;
  /** Tried against a real worker too. */
  real?: true;
};

const tooLong = /^script_stopped: The script computed for too long .* \(attack\.js/;
const forEver = /^script_stopped: The script runs forever .* \(attack\.js/;
const tooMuch = /^script_stopped: The script needs more memory than it may take .* \(attack\.js/;
const tooDeep = /^script_stopped: The script calls itself too deeply: .* \(attack\.js/;
const stuckAt = (place: string): RegExp =>
  new RegExp(`^script_stuck: The script waits for a promise .*: it was made at attack\\.js:${place}`);
const unheard = (what: string): RegExp =>
  new RegExp(
    `^script_failed: A promise was rejected and the error was not caught: ${what} \\(attack\\.js:\\d+:\\d+\\)`,
  );
const failed = (message: string): RegExp => new RegExp(`^script_failed: .*${message}.*\\(attack\\.js:1:\\d+\\)$`);
const unharmed = /^completed: /;

export const loops: Attack[] = [
  { name: 'a loop', body: 'for (;;);', ends: tooLong, real: true },
  { name: 'a loop after an await', body: 'await sleep(0);\nlet n = 0; while (true) n++', ends: tooLong, real: true },
  {
    name: 'a loop whose place is known',
    body: 'const spin = () => {\n  let x = 0;\n  for (;;) x += Math.abs(x);\n};\nspin();',
    ends: /^script_stopped: The script computed for too long .* \(attack\.js:\d:\d+\)$/,
  },
  {
    name: 'a loop in a job of a promise',
    body: 'Promise.resolve().then(() => { for (;;); }).catch(() => {}); await new Promise(() => {})',
    ends: tooLong,
    real: true,
  },
  { name: 'a loop in a getter', body: 'return { get x() { for (;;); } }', ends: tooLong },
  { name: 'a loop in toJSON', body: 'return { toJSON() { for (;;); } }', ends: tooLong, real: true },
  { name: 'a loop in a comparator', body: '[3, 1, 2].sort(() => { for (;;); })', ends: tooLong },
  {
    name: 'a loop in the message of what is thrown',
    body: "throw Object.defineProperty(new Error(), 'message', { get() { for (;;); } })",
    ends: tooLong,
  },
  { name: 'a loop in toString', body: 'return String({ toString() { for (;;); } })', ends: tooLong },
  { name: 'a loop in a Proxy', body: 'return new Proxy({}, { ownKeys() { for (;;); } })', ends: tooLong },
  {
    name: 'a loop in async functions, whose errors nobody hears',
    body: 'const spin = async () => { for (;;); }; for (;;) spin();',
    ends: tooLong,
  },
  {
    name: 'a loop in async functions, whose errors are caught',
    body: 'const spin = async () => { for (;;); }; for (;;) { try { await spin() } catch {} }',
    ends: tooLong,
    real: true,
  },
  { name: 'an endless generator', body: 'for (const x of (function* () { for (;;) yield 1 })());', ends: tooLong },
  {
    name: 'an endless async generator',
    body: 'for await (const x of (async function* () { for (;;) yield 1 })());',
    ends: forEver,
  },
  {
    name: 'endless jobs of promises beside a script that ends',
    body: '(function f() { Promise.resolve().then(f) })()',
    ends: unharmed,
    real: true,
  },
  {
    name: 'endless jobs of promises that the script awaits',
    body: 'await (async () => { for (;;) await null })()',
    ends: forEver,
    real: true,
  },
  {
    name: 'a chain of promises without an end',
    body: 'const next = () => Promise.resolve().then(next); await next()',
    ends: /^script_stopped: .* \(attack\.js/,
  },
  {
    name: 'a catastrophic regular expression',
    body: "/^(a+)+$/.test('a'.repeat(50) + 'b')",
    ends: tooLong,
    real: true,
  },
  { name: 'a catastrophic replace', body: "'x'.repeat(30000).replace(/(x+x+)+y/g, '')", ends: tooLong },
  {
    name: 'a busy loop of sleep(0)',
    body: 'for (let n = 0; ; n++) await sleep(0)',
    limits: { calls: 500 },
    ends: /^script_limit: sleep\(\): a run makes at most 500 calls, and has.* \(attack\.js:1:\d+\)$/,
  },
  {
    name: 'endless narration',
    body: "for (;;) log('x'.repeat(20000))",
    ends: tooLong,
    real: true,
  },
  {
    name: 'endless rejections',
    body: 'const no = async () => { throw 1 }; for (;;) no();',
    ends: /^script_stopped: More than 10000 promises were rejected and their errors were not caught/,
    real: true,
  },
  {
    name: 'endless calls that nobody awaits',
    body: "const kept = []; for (let n = 0; ; n++) kept.push(tool('read_file', { n }).catch(() => {}))",
    limits: { calls: 500 },
    ends: tooLong,
  },
];

export const allocations: Attack[] = [
  { name: 'objects', body: 'const a = []; for (;;) a.push({})', ends: tooMuch },
  {
    name: 'objects, while errors are caught',
    body: 'const a = []; for (;;) { try { a.push({}) } catch {} }',
    ends: tooMuch,
    real: true,
  },
  { name: 'a string doubled', body: "let s = 'x'; for (;;) s += s", ends: failed('string too long') },
  { name: 'strings', body: "const a = []; for (;;) a.push('x'.repeat(1e6) + a.length)", ends: tooMuch },
  { name: 'padding', body: "'x'.padStart(1e9)", ends: tooMuch },
  { name: 'typed arrays', body: 'const a = []; for (;;) a.push(new Uint8Array(1e6))', ends: tooMuch, real: true },
  { name: 'one typed array', body: 'new Float64Array(1e9)', ends: failed('invalid array buffer length') },
  { name: 'ArrayBuffers', body: 'const a = []; for (;;) a.push(new ArrayBuffer(1e6))', ends: tooMuch },
  {
    name: 'a resizable ArrayBuffer',
    body: 'new ArrayBuffer(8, { maxByteLength: 2e9 }).resize(2e9)',
    ends: tooMuch,
  },
  { name: 'join', body: "new Array(3e7).join('abc')", ends: tooMuch },
  { name: 'fill', body: 'new Array(1e8).fill(0)', ends: tooMuch },
  { name: 'concat', body: 'let a = [1]; for (;;) a = a.concat(a)', ends: tooMuch },
  { name: 'spread', body: 'Math.max(...new Array(1e7))', ends: tooMuch },
  { name: 'a Map', body: 'const m = new Map(); for (let i = 0; ; i++) m.set(i, i)', ends: tooMuch },
  { name: 'properties', body: "const o = {}; for (let i = 0; ; i++) o['k' + i] = i", ends: tooMuch },
  {
    name: 'an endless iterator, collected',
    body: 'const [...a] = (function* () { for (;;) yield {} })()',
    ends: tooMuch,
  },
  { name: 'a BigInt', body: 'let n = 2n; for (;;) n *= n', ends: failed('BigInt is too large') },
  {
    name: 'a sort that keeps what it compares',
    body: 'const a = []; [2, 1].sort((x) => { for (;;) a.push([x]) })',
    ends: tooMuch,
  },
  {
    name: 'calls that wait',
    body: "await parallel(Array.from({ length: 50 }, (_, n) => () => agent('x'.repeat(1e6) + n)))",
    limits: { waitingCharacters: 5_000_000 },
    ends: unharmed,
  },
];

export const recursions: Attack[] = [
  {
    name: 'of JSON.stringify',
    body: 'let o = {}; for (let i = 0; i < 2e4; i++) o = { o }; JSON.stringify(o)',
    ends: tooDeep,
  },
  {
    name: 'of what an agent is asked',
    body: "let o = {}; for (let i = 0; i < 1e4; i++) o = { o }; await agent('a', { schema: o })",
    ends: failed('given a value nested deeper than 200 levels'),
    real: true,
  },
  { name: 'of a function', body: '(function f() { f() })()', ends: tooDeep, real: true },
  { name: 'of an async function', body: 'const f = async () => { await f() }; await f()', ends: tooDeep },
  { name: 'of a getter', body: 'const o = { get x() { return this.x } }; return o.x', ends: tooDeep },
  { name: 'of JSON.parse', body: "JSON.parse('['.repeat(1e6))", ends: tooDeep },
  {
    name: 'of the result as JSON',
    body: 'let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; return o',
    ends: /^script_result: The script returned a value nested deeper than 200 levels at o\.o\.o/,
    real: true,
  },
  { name: 'of String()', body: 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return String(a)', ends: tooDeep },
  { name: 'of flat()', body: 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; a.flat(Infinity)', ends: tooDeep },
  {
    name: 'of Proxies',
    body: 'let p = {}; for (let i = 0; i < 5e4; i++) p = new Proxy(p, {}); return p.x',
    ends: tooDeep,
  },
  {
    name: 'of bound functions',
    body: 'let f = () => 1; for (let i = 0; i < 3e3; i++) f = f.bind(null); return f()',
    ends: tooDeep,
  },
  {
    name: 'of a regular expression',
    body: "new RegExp('('.repeat(1e5) + ')'.repeat(1e5))",
    ends: failed('SyntaxError'),
  },
  {
    name: 'freed at once',
    body: 'let o = {}; for (let i = 0; i < 2e5; i++) o = { o }; o = null; return 1',
    ends: unharmed,
  },
];

/** All of them ask one agent, which gives "A" for "a", with the script's changes around it. */
export const prototypes: Attack[] = [
  ['Object.prototype.toJSON', "Object.prototype.toJSON = () => 'x'"],
  ['Object.prototype.toJSON that gives nothing', 'Object.prototype.toJSON = () => undefined'],
  ['Object.prototype.then', 'Object.prototype.then = () => {}'],
  ['Object.prototype.get and value', 'Object.prototype.get = () => 1; Object.prototype.value = 2'],
  [
    'Object.prototype.status that throws',
    "Object.defineProperty(Object.prototype, 'status', { get() { throw 1 }, set() { throw 1 } })",
  ],
  ['Array.prototype[Symbol.iterator]', 'Array.prototype[Symbol.iterator] = function* () { for (;;) yield 1 }'],
  ['the iterator of arrays', 'Object.getPrototypeOf([][Symbol.iterator]()).next = () => { for (;;); }'],
  ['the iterator of Maps', 'Object.getPrototypeOf(new Map().values()).next = () => { for (;;); }'],
  ['Promise.prototype.then', "Promise.prototype.then = () => { throw new Error('then') }"],
  ['Promise.prototype.then that never calls back', 'Promise.prototype.then = () => {}'],
  ['Promise.prototype.constructor', 'Promise.prototype.constructor = function (run) { run(() => {}, () => {}) }'],
  ['Symbol.species', "Object.defineProperty(Promise, Symbol.species, { get() { throw new Error('species') } })"],
  ['JSON', "JSON.stringify = () => 'broken'; JSON.parse = () => { throw 1 }"],
  [
    'Function.prototype.call, apply and bind',
    'for (const of of ["call", "apply", "bind"]) Function.prototype[of] = () => { throw 1 }',
  ],
  ['Reflect and Object', 'Reflect.apply = Reflect.construct = Object.defineProperty = Object.keys = null'],
  [
    'Map, Set and WeakSet',
    'Map.prototype.get = Map.prototype.set = Map.prototype.delete = Set.prototype.add = WeakSet.prototype.has = null',
  ],
  [
    'String, Array, Number and Math',
    'String.prototype.slice = null; Array.isArray = () => { throw 1 }; Number.isFinite = Math.max = null',
  ],
  [
    'globals that are gone',
    'for (const name of ["Promise", "Error", "Map", "JSON", "Object", "Reflect"]) globalThis[name] = null',
  ],
].map(([name = '', body = '']) => ({
  name,
  body: `${body}; return await agent('a', { label: 'l' })`,
  ends: /^completed: "A"$/,
}));

export const hostCalls: Attack[] = [
  {
    name: 'agent() with a number',
    body: 'await agent(5)',
    ends: failed('agent\\(prompt, options\\) takes a text, not a number'),
  },
  { name: 'agent() with nothing', body: "await agent('')", ends: failed('not an empty one') },
  { name: 'agent() with a promise', body: "await agent(agent('a'))", ends: failed('takes a text, not a promise') },
  {
    name: 'options that are a text',
    body: "await agent('a', 'label')",
    ends: failed('options as an object, not a string'),
  },
  {
    name: 'options that are a Proxy',
    body: "await agent('a', new Proxy({}, { ownKeys() { throw new Error('trap') } }))",
    ends: failed('trap'),
  },
  { name: 'options that loop', body: "await agent('a', { get model() { for (;;); } })", ends: tooLong },
  {
    name: 'options whose getter throws',
    body: "await agent('a', { get label() { throw new Error('mine') } })",
    ends: failed('mine'),
  },
  {
    name: 'options that are not what they are',
    body: "await agent('a', { toJSON: () => 5 })",
    ends: failed('agent\\(\\) takes its options as an object'),
  },
  {
    name: 'an option that is a promise',
    body: "await agent('a', { schema: agent('b') })",
    ends: failed('given a promise at schema: await it'),
  },
  {
    name: 'an option that is a function',
    body: "await agent('a', { model: () => 1 })",
    ends: failed('given a function at model'),
  },
  {
    name: 'an argument of a tool that is a promise',
    body: "await tool('t', { all: [agent('b')] })",
    ends: failed('given a promise at args\\.all\\[0\\]: await it'),
  },
  {
    name: 'an argument of a tool that is a BigInt',
    body: "await tool('t', { n: 5n })",
    ends: failed('given a BigInt at args\\.n'),
  },
  {
    name: 'an artifact that is a promise',
    body: "await artifact('x', agent('y'))",
    ends: failed('given a promise: await it'),
  },
  {
    name: 'an artifact of nothing',
    body: "await artifact('x')",
    ends: failed('a text or a JSON value, not undefined'),
  },
  {
    name: 'a prompt of 2 MB',
    body: "await agent('x'.repeat(2e6))",
    ends: /^script_limit: agent\(\) was given 2\d{6} characters of JSON; at most 1500000 are taken/,
    real: true,
  },
  { name: 'sleep of a text', body: "await sleep('1')", ends: failed('takes a number from 0, not a string') },
  { name: 'sleep back in time', body: 'await sleep(-1)', ends: failed('takes a number from 0, not -1') },
  { name: 'sleep for ever', body: 'await sleep(Infinity)', ends: failed('takes a number from 0, not Infinity') },
  {
    name: 'a phase without a name',
    body: "phase('')",
    ends: failed('phase\\(title\\) takes a text, not an empty one'),
  },
  { name: 'a question that is none', body: 'await approve()', ends: failed('takes a text, not undefined') },
  {
    name: '5,000 items in parallel',
    body: 'await parallel(Array.from({ length: args }, () => () => 1))',
    args: 5000,
    ends: failed('at most 4096 items, not 5000'),
    real: true,
  },
  {
    name: '5,000 items in a pipeline',
    body: 'await pipeline(Array.from({ length: args }, () => 1), (x) => x)',
    args: 5000,
    ends: failed('at most 4096 items, not 5000'),
  },
  {
    name: 'an array that lies about its length',
    body: "await parallel(new Proxy([], { get: (t, k) => (k === 'length' ? 1e9 : () => 1) }))",
    ends: failed('at most 4096 items, not 1000000000'),
  },
  { name: 'an array with holes', body: 'await parallel(new Array(3))', ends: failed('element 0 is undefined') },
  {
    name: '1,001 agents',
    body: "for (let n = 0; n < 1001; n++) await agent('a' + n)",
    ends: /^script_limit: A run starts at most 1000 agents, and has.*\(attack\.js:1:\d+\)$/,
  },
  {
    name: 'agent() of its own',
    body: "globalThis.agent = async () => 'mine'; return [await agent('a'), await parallel([() => agent('b')])]",
    ends: /^completed: \["mine",\["mine"\]\]$/,
  },
  { name: 'parallel() of its own', body: 'const parallel = () => 5; return parallel([])', ends: /^completed: 5$/ },
  {
    name: 'what a thunk throws cannot be shown',
    body: 'return await parallel([() => { throw { get message() { throw 1 }, toString() { throw 1 } } }, () => { throw Object.create(null) }, () => 4])',
    ends: /^completed: \[null,null,4\]$/,
  },
];

export const results: Attack[] = [
  { name: 'a function', body: 'return () => 1', ends: /^completed: null$/, real: true },
  {
    name: 'a cycle',
    body: 'const a = {}; a.a = a; return a',
    ends: /^script_result: .* contains itself \(a cycle\)/,
  },
  {
    name: 'a symbol',
    body: "return { deep: [Symbol('x')] }",
    ends: /^completed: \{"deep":\[null\]\}$/,
  },
  { name: 'a BigInt', body: 'return 5n', ends: /^script_result: The script returned a BigInt/ },
  {
    name: 'a promise within',
    body: "const found = [agent('x')]; return { found }",
    ends: /^script_result: The script returned a promise at found\[0\]\. Await it/,
  },
  {
    name: 'a Map',
    body: 'return new Map([[1, 2]])',
    ends: /^script_result: .* a Map\. Return Object\.fromEntries\(map\)/,
  },
  {
    name: '3 MB',
    body: "return 'x'.repeat(3e6)",
    ends: /^script_result: .* 3000002 characters .* artifact\(/,
    real: true,
  },
  {
    name: 'a getter that throws',
    body: "return { get x() { throw new Error('mine') } }",
    ends: /^script_result: .* cannot be written as JSON: mine/,
    real: true,
  },
  {
    name: 'a toJSON that throws',
    body: "return { toJSON() { throw new Error('mine') } }",
    ends: /^script_result: .* cannot be written as JSON: mine/,
  },
  {
    name: 'a Proxy that throws',
    body: "return new Proxy({}, { ownKeys() { throw new Error('trap') } })",
    ends: /^script_result: .* trap/,
  },
  {
    name: '__proto__',
    body: 'return JSON.parse(\'{"__proto__": {"x": 1}}\')',
    ends: /^completed: \{"__proto__":\{"x":1\}\}$/,
    real: true,
  },
  {
    name: '__proto__ of the arguments',
    body: 'return [args, args.x]',
    args: JSON.parse('{"__proto__": {"x": 1}}'),
    ends: /^completed: \[\{"__proto__":\{"x":1\}\},null\]$/,
  },
  {
    name: 'NUL and half a surrogate pair',
    body: "log('\\u0000\\ud800'); return '\\u0000\\ud800'",
    ends: unharmed,
    real: true,
  },
];

export const promises: Attack[] = [
  { name: 'never settled', body: 'const a = 1;\nawait new Promise(() => {})', ends: stuckAt('2:\\d+$'), real: true },
  { name: 'never settled, with resolvers', body: 'await Promise.withResolvers().promise', ends: stuckAt('1:\\d+$') },
  { name: 'a race of nobody', body: '\n\nawait Promise.race([])', ends: stuckAt('3:\\d+$') },
  {
    name: 'one of several',
    body: "await Promise.all([agent('x'),\n  new Promise(() => {})])",
    ends: stuckAt('2:\\d+, or at attack\\.js:1:\\d+$'),
  },
  {
    name: 'in a thunk',
    body: 'const wait = async () => {\n  await new Promise(() => {}) };\nawait parallel([wait])',
    ends: stuckAt('2:\\d+$'),
  },
  {
    name: 'of an async iterator',
    body: 'for await (const x of { [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }) });',
    ends: stuckAt('1:\\d+$'),
  },
  {
    name: 'a thenable that never calls back',
    body: 'await { then() {} }',
    ends: /^script_stuck: .* \(attack\.js\)$/,
    real: true,
  },
  { name: 'a rejection', body: "Promise.reject(new Error('lost')); return 1", ends: unheard('lost'), real: true },
  {
    name: 'an async function',
    body: "(async () => { throw new Error('lost') })(); return 1",
    ends: unheard('lost'),
  },
  {
    name: 'an async function, later',
    body: "const work = async () => { await sleep(0); throw new Error('lost') }; work(); await sleep(0); await sleep(0.5); return 1",
    ends: unheard('lost'),
    real: true,
  },
  {
    name: 'forEach of async functions',
    body: "[1, 2].forEach(async (n) => { throw new Error('lost ' + n) }); return 1",
    ends: unheard('lost 1'),
  },
  { name: 'in an executor', body: "new Promise(() => { throw new Error('lost') }); return 1", ends: unheard('lost') },
  {
    name: 'in then()',
    body: "agent('x').then(() => { throw new Error('lost') }); await agent('y'); return 1",
    ends: unheard('lost'),
  },
  {
    name: 'heard in time',
    body: "const late = (async () => { throw new Error('x') })(); await agent('y'); try { await late } catch { return 1 }",
    ends: /^completed: 1$/,
  },
  {
    name: 'thrown: a value that cannot be shown',
    body: 'throw new Proxy(new Error(), { get() { throw 1 } })',
    ends: /^script_failed: threw a value that cannot be shown \(attack\.js\)$/,
  },
  { name: 'thrown: null', body: 'throw null', ends: /^script_failed: threw null \(attack\.js\)$/ },
  {
    name: 'thrown: 10 MB',
    body: "throw new Error('x'.repeat(1e7))",
    ends: /^script_failed: x{2000} \(attack\.js:1:\d+\)$/,
    real: true,
  },
];

/** Names of other hosts, which are not there. */
const absent: Attack[] = [
  ['require', "require('fs')"],
  ['fetch', "fetch('http://x')"],
  ['setTimeout', 'setTimeout(() => {}, 1)'],
].map(([name = '', body = '']) => ({ name, body, ends: failed(`ReferenceError: '?${name}'? is not defined: `) }));

export const outside: Attack[] = [
  ...absent,
  ...[
    ['eval', "eval('1')"],
    ['Function', "new Function('return 1')()"],
    ['the constructor of functions', "(() => {}).constructor('return 1')()"],
    ['the constructor of async functions', "(async () => {}).constructor('return 1')()"],
    ['Date.now', 'Date.now()'],
    ['new Date', 'new Date()'],
    ['the constructor of dates', 'new (new Date(0).constructor)()'],
    ['Math.random', 'Math.random()'],
  ].map(([name = '', body = '']) => ({ name, body, ends: failed('is not available in a script: ') })),
];

export const attackGroups = {
  loops,
  allocations,
  recursions,
  'built-ins that the script replaces': prototypes,
  'calls of the host': hostCalls,
  results,
  promises,
  'the outside': outside,
} satisfies Record<string, Attack[]>;
