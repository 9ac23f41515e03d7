import { globals } from './globals.ts';
import { guards } from './guards.ts';
import { promises } from './promises.ts';

/**
 * The guest's side of the border: `(say, setup) => { start, settle, facts }`. Everything crosses as JSON text. It says
 * - `{ t: 'call', ticket, kind, params, label, phase }`,
 * - `{ t: 'line', kind, text }`,
 * - `{ t: 'done', result }` or `{ t: 'threw', name, message, stack, code }`: the script has ended,
 * - `{ t: 'result', what, key }`: what it returned is, or has at `key`, `what` JSON cannot hold.
 */
export const guest = `((say, setup) => {
'use strict';
const built = ${guards};
const tracked = (${promises})(built);
const { parse, stringify, text, slice, NativeError, NativeMap, NativeSet, NativePromise, then } = built;
const tell = (message) => say(stringify({ __proto__: null, ...message }));
const state = parse(setup);
const waiting = new NativeMap();
const mapGet = Function.prototype.call.bind(NativeMap.prototype.get);
const mapSet = Function.prototype.call.bind(NativeMap.prototype.set);
const mapDelete = Function.prototype.call.bind(NativeMap.prototype.delete);
let tickets = 0;
const line = (kind, said) => tell({ t: 'line', kind, text: slice(said, 0, 20000) });

const ask = (kind, params, { label, phase }) => new tracked.TrackedPromise((resolve, reject) => {
  const asked = stringify({ __proto__: null, params });
  if (asked.length > state.limits.jsonBytes) {
    const error = new NativeError(kind + '() was given ' + asked.length + ' characters of JSON; at most ' + state.limits.jsonBytes + ' are taken. Keep large texts in a file or an artifact');
    error.code = 'script_limit';
    throw error;
  }
  tickets += 1;
  mapSet(waiting, tickets, { resolve, reject });
  tell({ t: 'call', ticket: tickets, kind, asked, label: label === null ? null : slice(text(label), 0, 200), phase: phase === null ? null : slice(text(phase), 0, 200) });
}, { stack: kind + '()' });

const { workflow } = (${globals})(built, ask, line, state, tracked.TrackedPromise);

const describe = (thrown) => {
  try {
    if (thrown instanceof NativeError) {
      return { name: text(thrown.name), message: text(thrown.message), stack: slice(text(thrown.stack), 0, 4000), code: typeof thrown.code === 'string' ? thrown.code : null };
    }
    const shown = typeof thrown === 'object' && thrown !== null ? stringify(thrown) : text(thrown);
    return { name: '', message: shown ?? 'a ' + typeof thrown, stack: '', code: null };
  } catch {
    return { name: '', message: 'a value that cannot be shown', stack: '', code: null };
  }
};
const notJson = (value) => {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  if (typeof value === 'bigint') return 'a BigInt';
  if (value instanceof tracked.TrackedPromise) return 'a promise';
  if (value instanceof NativeMap) return 'a Map';
  if (value instanceof NativeSet) return 'a Set';
  return null;
};
const finish = (value) => {
  let found = null;
  try {
    const result = stringify(value, (key, field) => {
      const what = notJson(field);
      if (what !== null) throw (found = { what, key });
      return field;
    }) ?? 'null';
    tell({ t: 'done', result });
  } catch (error) {
    if (found !== null) tell({ t: 'result', what: found.what, key: slice(text(found.key), 0, 100) });
    else tell({ t: 'threw', ...describe(error), isResult: true });
  }
};
return {
  start: (main, meta, args) => {
    const given = { args: args === undefined ? undefined : parse(args), meta: built.freeze(parse(meta)), workflow };
    try {
      then(main(given), finish, (error) => tell({ t: 'threw', ...describe(error) }));
    } catch (error) {
      tell({ t: 'threw', ...describe(error) });
    }
  },
  settle: (ticket, result, main) => {
    const asked = mapGet(waiting, ticket);
    mapDelete(waiting, ticket);
    const { tokens, dollars, ...heard } = parse(result);
    state.spent += tokens;
    state.dollars += dollars;
    asked.resolve(main === undefined ? heard : { ...heard, main });
  },
  facts: () => {
    const unheard = tracked.unheard();
    return stringify({
      __proto__: null,
      unheard: unheard === null ? null : describe(unheard.value),
      unsettled: tracked.unsettled()?.stack ?? null,
      waiting: waiting.size,
    });
  },
};
})`;
