/**
 * Guest code: the globals of the script format. All they ask of the host goes through `ask(kind, what, params, shown)`,
 * which gives a promise of `{ status, output, code, reason, at }`.
 */
export const globals = `((built, ask, line, state, scopes, endNested) => {
'use strict';
const { NativeTypeError, isArray, keys, text, stringify, freeze, isFinite, apply, max, parse, slice } = built;
const { jsonOf, kindOf, describe, shown, set, errorOf, refused } = built.values;
const limits = state.limits;
const isThenable = (value) => typeof value === 'object' && value !== null && typeof value.then === 'function';
const wrong = (message) => { throw new NativeTypeError(message); };
const failure = ({ code, reason, status, at }, what) => errorOf(what + ': ' + (reason ?? status), code ?? 'script_failed', at);
const named = (kind, label) => kind + '(' + (typeof label === 'string' ? stringify(label) : '') + ')';
const optionsOf = (what, options) => {
  if (options === undefined || options === null) return {};
  if (typeof options !== 'object' || isArray(options)) wrong(what + ' takes its options as an object, not ' + kindOf(options));
  return options;
};
const ignored = { __proto__: null };
/** An option that is unknown is ignored, and said once. */
const noteUnknown = (what, options, names) => {
  const given = keys(options);
  for (let index = 0; index < given.length; index++) {
    const said = what + ': there is no option ' + stringify(slice(given[index], 0, 100)) + ', it is ignored';
    let isKnown = ignored[said] === true;
    for (let at = 0; at < names.length && !isKnown; at++) isKnown = names[at] === given[index];
    if (isKnown) continue;
    ignored[said] = true;
    line('log', said);
  }
};
let phaseNow = null;

const budget = freeze({
  get total() { return state.total; },
  get dollars() { return state.totalDollars; },
  spent: () => state.spent,
  remaining: () => state.total === null ? Infinity : max(0, state.total - state.spent),
});
const usedUp = (tokens, dollars, spent, cost) => tokens !== null && spent >= tokens
  ? tokens + ' tokens is spent (' + spent + ' so far)'
  : dollars !== null && cost >= dollars ? '$' + dollars + ' is spent ($' + cost + ' so far)' : null;
const checkBudget = (paying) => {
  const spent = usedUp(state.total, state.totalDollars, state.spent, state.dollars);
  if (spent !== null) throw errorOf('The budget of ' + spent + ': agent() starts no further agents. Give the run a larger one', 'budget_spent');
  for (let index = 0; index < paying.length; index++) {
    const { what, tokens, dollars, spent, cost } = paying[index];
    const used = usedUp(tokens, dollars, spent, cost);
    if (used !== null) throw errorOf('The budget of ' + what + ' of ' + used + ': agent() starts no further agents in it. Give it a larger one', 'budget_spent');
  }
};

const lose = (why) => { state.lost += 1; state.why = slice(why, 0, 500); };
const askAgent = async (prompt, options) => {
  if (typeof prompt !== 'string' || prompt === '') wrong('agent(prompt, options) takes a text, not ' + (prompt === '' ? 'an empty one' : kindOf(prompt)));
  const { label = null, phase = phaseNow, onError = 'null', ...rest } = optionsOf('agent()', options);
  noteUnknown('agent()', rest, state.optionNames.agent);
  if (typeof rest.budget === 'number') set(rest, 'budget', { tokens: rest.budget });
  const paying = scopes.paying(phase);
  checkBudget(paying);
  if (state.agents >= limits.agents) throw errorOf('A run starts at most ' + limits.agents + ' agents, and has: do more in each of them, or start a second run', 'script_limit');
  state.agents += 1;
  const what = named('agent', label);
  const strange = onError === 'null' || onError === 'throw' ? null : { __proto__: null, onError };
  const result = await ask('agent', what, { __proto__: null, prompt, ...rest, ...strange }, { label, phase, paying });
  if (result.status === 'completed') return result.output;
  const error = failure(result, what);
  if (result.status === 'refused' || onError === 'throw') throw error;
  // A stop by a user was noticed.
  if (result.status !== 'cancelled') lose(error.message);
  return null;
};
const agent = async (prompt, options) => {
  state.tried += 1;
  try {
    return await askAgent(prompt, options);
  } catch (error) {
    lose(describe(error).message);
    throw error;
  }
};

/** A copy: what the script's array does later makes no difference. */
const listOf = (what, array) => {
  const { length } = array;
  if (length > limits.items) wrong(what + ' takes at most ' + limits.items + ' items, not ' + length + ': split them over several calls');
  const list = [];
  for (let index = 0; index < length; index++) set(list, index, array[index]);
  return list;
};
const noteThrown = (what, error) => {
  const { name, message } = describe(error);
  line('log', what + ' threw: ' + (name === '' || name === 'Error' ? message : name + ': ' + message));
};
/** Waits for all, each of which never rejects, and gives their values in order. */
const allOf = async (running) => {
  const results = [];
  for (let index = 0; index < running.length; index++) set(results, index, await running[index]);
  return results;
};

const rightForm = 'parallel([() => agent("first"), () => agent("second")])';
/** The scope of a parallel(), a pipeline() or a phase() with a budget; null without one. */
const groupBudget = (what, options) => {
  // [[…], […]].map(parallel) gives an index, other formats a number of agents at once.
  const isOptions = options === undefined || options === null || (typeof options === 'object' && !isArray(options));
  if (!isOptions) noteUnknown(what, { __proto__: null, [shown(options)]: options }, []);
  const given = isOptions ? optionsOf(what, options) : {};
  noteUnknown(what, given, state.optionNames.group);
  return scopes.budgetOf(what, given.budget);
};
const within = (scope, run) => scope === null ? run() : scopes.inside(scope, run);
const parallel = async (thunks, options) => {
  if (!isArray(thunks)) wrong('parallel() takes an array of functions, not ' + kindOf(thunks) + ': ' + rightForm);
  const list = listOf('parallel()', thunks);
  for (let index = 0; index < list.length; index++) {
    if (typeof list[index] === 'function') continue;
    const what = isThenable(list[index]) ? 'a promise: its work has already begun' : kindOf(list[index]);
    wrong('parallel() takes functions, but element ' + index + ' is ' + what + '. Write ' + rightForm);
  }
  const run = async (thunk, index) => {
    try {
      return await thunk();
    } catch (error) {
      noteThrown('parallel: element ' + index, error);
      return null;
    }
  };
  const scope = scopes.open('parallel()', groupBudget('parallel()', options));
  const running = [];
  within(scope, () => { for (let index = 0; index < list.length; index++) set(running, index, run(list[index], index)); });
  const results = await allOf(running);
  if (scope !== null) scopes.close(scope);
  return results;
};

const pipeline = async (items, ...given) => {
  if (!isArray(items)) wrong('pipeline(items, ...stages) takes an array of items, not ' + kindOf(items));
  const list = listOf('pipeline()', items);
  const last = given[given.length - 1];
  const hasOptions = given.length > 0 && typeof last === 'object' && last !== null && !isArray(last) && !isThenable(last);
  const stages = [];
  for (let index = 0; index < given.length - (hasOptions ? 1 : 0); index++) set(stages, index, given[index]);
  for (let index = 0; index < stages.length; index++) {
    if (typeof stages[index] !== 'function') wrong('pipeline(items, ...stages) takes functions as stages, but stage ' + index + ' is ' + kindOf(stages[index]));
  }
  const scope = scopes.open('pipeline()', groupBudget('pipeline()', hasOptions ? last : undefined));
  const run = async (item, index) => {
    let value = item;
    for (let stage = 0; stage < stages.length; stage++) {
      try {
        const body = stages[stage];
        if (scope !== null) scopes.resume(scope);
        value = await body(value, item, index);
      } catch (error) {
        noteThrown('pipeline: item ' + index + ', stage ' + stage, error);
        return null;
      }
    }
    return value;
  };
  const running = [];
  within(scope, () => { for (let index = 0; index < list.length; index++) set(running, index, run(list[index], index)); });
  const results = await allOf(running);
  if (scope !== null) scopes.close(scope);
  return results;
};

const phase = (title, options) => {
  if (typeof title !== 'string' || title === '') wrong('phase(title) takes a text, not ' + (title === '' ? 'an empty one' : kindOf(title)));
  scopes.setPhase(title, groupBudget('phase()', options));
  phaseNow = title;
  line('phase', title);
};
const log = (...values) => {
  let said = '';
  for (let index = 0; index < values.length; index++) said += (index === 0 ? '' : ' ') + shown(values[index]);
  line('log', said);
};

const tool = async (name, args) => {
  if (typeof name !== 'string' || name === '') wrong('tool(name, args) takes the name of a tool, not ' + (name === '' ? 'an empty one' : kindOf(name)));
  const what = named('tool', name);
  const result = await ask('tool', what, { __proto__: null, name, args: args ?? {} }, { label: name, phase: phaseNow });
  if (result.status === 'completed') return result.output;
  throw failure(result, what);
};
const artifact = async (name, content) => {
  if (typeof name !== 'string' || name === '') wrong('artifact(name, content) takes the name of a file, not ' + (name === '' ? 'an empty one' : kindOf(name)));
  const what = named('artifact', name);
  const json = typeof content === 'string' ? undefined : jsonOf(content, (found, path) => refused(what, found, path));
  if (typeof content !== 'string' && json === undefined) wrong('artifact(name, content) takes a text or a JSON value, not ' + kindOf(content));
  const result = await ask('artifact', what, { __proto__: null, name, content: typeof content === 'string' ? content : stringify(parse(json), null, 2) + '\\n' }, { label: name, phase: phaseNow });
  if (result.status !== 'completed') throw failure(result, what);
};
const approve = async (question, options) => {
  if (typeof question !== 'string' || question === '') wrong('approve(question, options) takes a text, not ' + (question === '' ? 'an empty one' : kindOf(question)));
  const { label = null, phase = phaseNow, ...rest } = optionsOf('approve()', options);
  noteUnknown('approve()', rest, state.optionNames.approve);
  const result = await ask('approve', 'approve()', { __proto__: null, question, ...rest }, { label, phase });
  if (result.status === 'completed') return result.output;
  throw failure(result, 'approve()');
};
const sleep = async (seconds) => {
  if (typeof seconds !== 'number' || !isFinite(seconds) || seconds < 0) wrong('sleep(seconds) takes a number from 0, not ' + (typeof seconds === 'number' ? seconds : kindOf(seconds)));
  const result = await ask('sleep', 'sleep()', { __proto__: null, seconds }, { label: null, phase: phaseNow });
  if (result.status !== 'completed') throw failure(result, 'sleep()');
};
const workflowAt = (depth) => async (called, args) => {
  const name = typeof called === 'object' && called !== null ? called.scriptPath : called;
  if (typeof name !== 'string' || name === '') wrong('workflow(name, args) takes the name of a script or { scriptPath }, not ' + kindOf(called));
  // In the words of Claude Code, as in all errors of workflow(): scripts look for them.
  const what = "workflow('" + name + "')";
  if (depth > 0) throw errorOf(what + ' cannot be called from within a child workflow: nesting is limited to one level. Call it from the outer script', 'script_limit');
  const given = jsonOf(args, (found, path) => refused(what, found, path));
  const phaseBefore = phaseNow;
  const result = await ask('workflow', what, { __proto__: null, name }, { label: name, phase: phaseNow });
  if (result.status !== 'completed') throw failure(result, what);
  let why = null;
  try {
    const { main } = result;
    return await main({ args: given === undefined ? undefined : parse(given), meta: freeze(result.meta), workflow: workflowAt(depth + 1) });
  } catch (error) {
    why = describe(error).message;
    throw error;
  } finally {
    phaseNow = phaseBefore;
    endNested(result.ticket, why);
  }
};

const console = freeze({ log, info: log, warn: log, error: log, debug: log });
const all = { agent, parallel, pipeline, phase, log, budget, tool, artifact, approve, sleep, console };
for (const name of keys(all)) built.defineProperty(globalThis, name, { value: all[name], writable: true, configurable: true });
return { workflow: workflowAt(0) };
})`;
