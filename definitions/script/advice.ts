const outside = 'call a tool with await tool(name, args), or have an agent() do it';
const shell = "run a program with await tool('run_command', { … }), or have an agent() do it";
const modules = 'there are no modules; write the function into the script';
const machine = 'a script knows nothing of the machine; pass what is needed in args';
const timers = 'wait with await sleep(seconds)';
const clock = 'a script that is replayed must see the same time again; pass the time in args';
const chance =
  'a script that is replayed must do the same again; pass a seed in args, or tell items apart by their index';
const code = 'code made of text is not run; write the function into the script';
const language = 'only the language itself is there';

/** Names that other hosts of JavaScript have, and what to do without them. */
const advice = new Map([
  ...['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((name) => [name, outside] as const),
  ...['bash', 'shell', 'sh', 'exec', 'execSync', 'spawn', '$'].map((name) => [name, shell] as const),
  ...['require', 'module', 'exports'].map((name) => [name, modules] as const),
  ...['process', 'Deno', 'Bun', 'window', 'document', 'navigator', '__dirname', '__filename', 'global'].map(
    (name) => [name, machine] as const,
  ),
  ...['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval'].map(
    (name) => [name, timers] as const,
  ),
  ['performance', clock],
  ['crypto', chance],
  ['eval', code],
  ['queueMicrotask', 'write await Promise.resolve()'],
  ...['Buffer', 'atob', 'btoa', 'AbortController'].map((name) => [name, language] as const),
]);

export const adviceOn = (name: string): string | null => {
  const what = advice.get(name);
  return what === undefined ? null : `${name} is not available in a script: ${what}`;
};

export const noImport = `import is not available in a script: ${modules}`;
export const noBudgetCall =
  'budget is not a function, but has total, spent() and remaining(): limit a run with --budget-tokens, and a phase, a group or an agent with its option budget';
export const noFunction = `new Function is not available in a script: ${code}`;
export const noDate = (written: string): string => `${written} is not available in a script: ${clock}`;
export const noRandom = `Math.random() is not available in a script: ${chance}`;

/** What the engine has beside the host's functions. */
export const languageNames = new Set(
  (
    'Error EvalError RangeError ReferenceError SyntaxError TypeError URIError InternalError AggregateError Array Object ' +
    'Function Iterator parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent ' +
    'escape unescape Infinity NaN undefined Number Boolean String Math Reflect Symbol globalThis BigInt Date RegExp JSON ' +
    'Proxy Map Set WeakMap WeakSet ArrayBuffer SharedArrayBuffer Uint8ClampedArray Int8Array Uint8Array Int16Array ' +
    'Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array DataView ' +
    'Promise WeakRef FinalizationRegistry arguments URL URLSearchParams TextEncoder TextDecoder structuredClone Intl'
  ).split(' '),
);
