import type { Kind } from './evaluation.ts';

const places: Record<Kind, string> = {
  code: 'a code step',
  expression: 'an expression',
  template: 'a template',
};

const outside = 'it reaches nothing outside. Have an agent step get what is needed, or pass it in the input';
const modules = 'there are no modules. Write the function into the code, or have an agent step run the program';
const machine = 'it knows nothing of the machine. Pass what is needed in the input';
const timers = 'nothing here waits. A step that needs time is an agent or an approval step';
const console = 'its output is not read. Return what you want to see';

/** Names that other JavaScript hosts have, and what to do without them. */
const advice = new Map([
  ['fetch', outside],
  ['XMLHttpRequest', outside],
  ['WebSocket', outside],
  ['require', modules],
  ['module', modules],
  ['exports', modules],
  ['process', machine],
  ['Deno', machine],
  ['Bun', machine],
  ['window', machine],
  ['document', machine],
  ['crypto', machine],
  ['performance', machine],
  ['setTimeout', timers],
  ['setInterval', timers],
  ['setImmediate', timers],
  ['queueMicrotask', timers],
  ['console', console],
]);

/** Null when the thrown error is not about such a name. */
export const unavailable = (kind: Kind, thrown: { name: string; text: string }): string | null => {
  const name = thrown.name === 'ReferenceError' ? /^'(\w+)' is not defined$/.exec(thrown.text)?.[1] : undefined;
  const what = name && advice.get(name);
  return what ? `${name} is not available in ${places[kind]}: ${what}` : null;
};
