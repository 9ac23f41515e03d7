/** Names that other hosts of JavaScript have, and what to use instead. They are not there, so that `typeof` says so. */
const instead: Record<string, string> = {
  require: 'write the code itself, or use tool(name, args) for what is outside',
  fetch: "use tool('web_fetch', { url }), or ask an agent",
  setTimeout: 'use await sleep(seconds)',
  setInterval: 'use a loop with await sleep(seconds)',
  setImmediate: 'nothing is needed instead',
  queueMicrotask: 'use await Promise.resolve()',
};

/** What to do about the engine's message on a name that is not there; empty where nothing is known of it. */
export const adviceOn = (name: string, message: string): string => {
  const missing = name === 'ReferenceError' ? /^'?(\w+)'? is not defined$/.exec(message)?.[1] : undefined;
  return missing !== undefined && Object.hasOwn(instead, missing) ? `: ${instead[missing]}` : '';
};
