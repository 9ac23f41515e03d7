/**
 * Guest code: budgets of phases, `parallel()` and `pipeline()`. A scope is one of them that has a budget. An agent is
 * counted to the scopes in which its call is made: to that of its phase, and to the `parallel()` and `pipeline()` around
 * it. JavaScript does not say from where a function continues after an await, so the innermost scope is carried along: a
 * call takes it up again when its result is delivered, and \`inside\` hands it to the jobs that what it runs leaves behind.
 */
export const scopes = `((built, tell) => {
'use strict';
const { NativePromise, NativeError, NativeMap, NativeTypeError, then, keys, isArray, isFinite, text, method } = built;
const { kindOf, shown, set } = built.values;
const mapGet = method(NativeMap.prototype.get);
const mapSet = method(NativeMap.prototype.set);
const settled = new NativePromise((resolve) => resolve());
/** Awaits of values that are there already, one after another, over which a scope is carried along. */
const maxJobs = 32;
const phases = new NativeMap();
let count = 0;
let innermost = null;

const wrong = (message) => { throw new NativeTypeError(message); };
const isAmount = (value, isWhole) => typeof value === 'number' && isFinite(value) && value > 0 && (!isWhole || value % 1 === 0);
/** A number of tokens, or tokens and dollars; null without any. */
const budgetOf = (what, given) => {
  if (given === undefined || given === null) return null;
  if (typeof given !== 'number' && (typeof given !== 'object' || isArray(given))) wrong(what + ': budget is a number of tokens or { tokens, dollars }, not ' + kindOf(given));
  const { tokens = null, dollars = null, ...rest } = typeof given === 'number' ? { tokens: given } : given;
  for (const name of keys(rest)) wrong(what + ': budget takes tokens and dollars, not ' + shown(name));
  if (tokens === null && dollars === null) wrong(what + ': budget is a number of tokens or { tokens, dollars }, not an empty object');
  if (tokens !== null && !isAmount(tokens, true)) wrong(what + ': the tokens of budget are a whole number above 0, not ' + shown(tokens));
  if (dollars !== null && !isAmount(dollars, false)) wrong(what + ': the dollars of budget are a number above 0, not ' + shown(dollars));
  return { __proto__: null, tokens, dollars };
};

const make = (what, budget, around) => {
  count += 1;
  const scope = { __proto__: null, n: count, what, ...budget, spent: 0, cost: 0, around, isOpen: true };
  tell({ __proto__: null, t: 'scope', n: count, what, budget, stack: around === undefined ? '' : text(new NativeError().stack) });
  return scope;
};
/** What is still running: a function that outlives its parallel() is counted to what is around that. */
const current = () => {
  while (innermost !== null && !innermost.isOpen) innermost = innermost.around;
  return innermost;
};
/** Jobs run in the order in which they were made: what is left behind between two of these stays between them. */
const carry = (scope, times) => {
  if (times > 0) then(settled, () => { innermost = scope; carry(scope, times - 1); });
};

return {
  budgetOf,
  current,
  resume: (scope) => { innermost = scope; },
  /** Null without a budget. */
  open: (what, budget) => budget === null ? null : make(what, budget, current()),
  close: (scope) => { scope.isOpen = false; },
  inside: (scope, run) => {
    const before = current();
    carry(scope, maxJobs);
    innermost = scope;
    try {
      return run();
    } finally {
      innermost = before;
      carry(before, maxJobs);
    }
  },
  setPhase: (title, budget) => {
    const known = mapGet(phases, title);
    if (budget === null) return;
    if (known === undefined) mapSet(phases, title, make('phase(' + built.stringify(title) + ')', budget, undefined));
    else { known.tokens = budget.tokens; known.dollars = budget.dollars; tell({ __proto__: null, t: 'scope', n: known.n, what: known.what, budget, stack: '' }); }
  },
  /** Those that an agent of this phase is counted to, the innermost first. */
  paying: (phase) => {
    const list = [];
    for (let scope = current(); scope !== null; scope = scope.around) if (scope.isOpen) set(list, list.length, scope);
    const ofPhase = phase === null ? undefined : mapGet(phases, phase);
    if (ofPhase !== undefined) set(list, list.length, ofPhase);
    return list;
  },
};
})`;
