import { globals } from './globals.ts';
import { guards } from './guards.ts';
import { promises } from './promises.ts';
import { scopes } from './scopes.ts';
import { values } from './values.ts';

/**
 * The guest's side of the border: `(say, setup) => { start, settle, describe, facts }`. Everything crosses as JSON text. It
 * says what {@link Said} lists. The script runs in the same realm and may change any built-in: what is used here after its
 * start was taken before, and objects that are read have no prototype of its.
 */
export const guest = `((say, setup) => {
'use strict';
const built = ${guards};
built.values = (${values})(built);
const { unsettled } = (${promises})(built);
const { parse, stringify, text, slice, method, NativeError, NativeMap, NativePromise, then, freeze } = built;
const { jsonOf, describe, errorOf, refused } = built.values;
/** \`json\` is JSON already: it is not written a second time. */
const tell = (message, json) => say(stringify(message), json);
const state = parse(setup);
const scopes = (${scopes})(built, (message) => tell(message));
const waiting = new NativeMap();
const mapGet = method(NativeMap.prototype.get);
const mapSet = method(NativeMap.prototype.set);
const mapDelete = method(NativeMap.prototype.delete);
let tickets = 0;
let waitingCount = 0;
let waitingCharacters = 0;
let lines = 0;
let lineCharacters = 0;

/** Takes of the time that a step may take: what a loop does in vain ends it soon. */
const burn = () => { for (let n = 0; n < 20000; n++); };
const line = (kind, said) => {
  if (lines > state.limits.lines) return burn();
  lines += 1;
  lineCharacters += said.length;
  if (lineCharacters > state.limits.lineCharacters) lines = state.limits.lines + 1;
  tell({ __proto__: null, t: 'line', kind, text: lines > state.limits.lines ? 'No line after this one is kept: the run has narrated too much' : slice(said, 0, 20000) });
};
const limit = (message) => { burn(); throw errorOf(message, 'script_limit'); };

const none = [];
// Text: of an array or object JSON.stringify() would ask Object.prototype.toJSON, which may be the script's.
const numbersOf = (list) => { let numbers = ''; for (let at = 0; at < list.length; at++) numbers += (at === 0 ? '' : ',') + list[at].n; return numbers; };
/** \`what\` as it is called. Gives a promise of what the host answers, with \`at\`, the place of the call. */
const ask = (kind, what, params, { label, phase, paying = none }) => new NativePromise((resolve, reject) => {
  const asked = jsonOf({ __proto__: null, params }, (found, path) => refused(what, found, slice(path, 7)));
  if (asked.length > state.limits.jsonBytes) limit(what + ' was given ' + asked.length + ' characters of JSON; at most ' + state.limits.jsonBytes + ' are taken. Keep large texts in a file or an artifact');
  if (tickets >= state.limits.calls) limit(what + ': a run makes at most ' + state.limits.calls + ' calls, and has. Do more in each of them, or start a second run');
  if (waitingCharacters + asked.length > state.limits.waitingCharacters) limit(what + ': the calls that wait would hold more than ' + state.limits.waitingCharacters + ' characters. Ask fewer at a time');
  tell({ __proto__: null, t: 'call', ticket: tickets + 1, kind, label: label === null ? null : slice(text(label), 0, 200), phase: phase === null ? null : slice(text(phase), 0, 200), scopes: numbersOf(paying) }, asked);
  tickets += 1;
  waitingCount += 1;
  waitingCharacters += asked.length;
  mapSet(waiting, tickets, { __proto__: null, resolve, length: asked.length, at: new NativeError().stack, scope: scopes.current(), paying });
});

const { workflow } = (${globals})(built, ask, line, state, scopes, (ticket, error) => tell({ __proto__: null, t: 'nested', ticket, error }));

const finish = (value) => {
  let found = null;
  let left = '';
  let leftCount = 0;
  const leave = (what, path) => {
    leftCount += 1;
    if (leftCount > 3) return;
    const place = path();
    left += (left === '' ? '' : ', ') + what + (place === '' ? '' : ' at ' + place);
  };
  try {
    const result = jsonOf(value, (what, path) => (found = { __proto__: null, t: 'result', what, path }), leave) ?? 'null';
    if (leftCount > 0) line('log', 'The result leaves out what JSON cannot hold: ' + left + (leftCount > 3 ? ' and ' + (leftCount - 3) + ' more' : ''));
    tell({ __proto__: null, t: 'done', agents: { __proto__: null, tried: state.tried, lost: state.lost, why: state.why } }, result);
  } catch (error) {
    tell(found ?? { __proto__: null, t: 'threw', ...describe(error), isResult: true });
  }
};
const fail = (error) => tell({ __proto__: null, t: 'threw', ...describe(error) });
return {
  start: (main, meta, args) => {
    const given = { args: args === undefined ? undefined : parse(args), meta: freeze(parse(meta)), workflow };
    try {
      then(main(given), finish, fail);
    } catch (error) {
      fail(error);
    }
  },
  settle: (ticket, result, main) => {
    const { resolve, length, at, scope, paying } = mapGet(waiting, ticket);
    mapDelete(waiting, ticket);
    waitingCount -= 1;
    waitingCharacters -= length;
    const { tokens, dollars, ...heard } = parse(result);
    state.spent += tokens;
    state.dollars += dollars;
    for (let index = 0; index < paying.length; index++) {
      paying[index].spent += tokens;
      paying[index].cost += dollars;
    }
    scopes.resume(scope);
    resolve({ __proto__: null, ...heard, main, at, ticket });
  },
  describe: (thrown) => stringify(describe(thrown)),
  facts: () => stringify({ __proto__: null, unsettled: unsettled(), waiting: waitingCount }),
};
})`;
