/**
 * Guest code: the globals of the script format. All they ask of the host goes through `ask(kind, params, shown)`, which
 * gives a promise of `{ status, output, code, reason }`.
 */
export const globals = `((built, ask, line, state, TrackedPromise) => {
'use strict';
const { NativePromise, NativeError, NativeTypeError, isArray, keys, text, stringify, freeze, isFinite } = built;
const limits = state.limits;
const isThenable = (value) => typeof value === 'object' && value !== null && typeof value.then === 'function';
const kindOf = (value) => value === null ? 'null' : isArray(value) ? 'an array' : isThenable(value) ? 'a promise' : typeof value;
const wrong = (message) => { throw new NativeTypeError(message); };
const failure = ({ code, reason, status }, what) => {
  const error = new NativeError(what + ': ' + (reason ?? status));
  error.code = code;
  return error;
};
const optionsOf = (what, options) => {
  if (options === undefined || options === null) return {};
  if (typeof options !== 'object' || isArray(options)) wrong(what + ' takes its options as an object, not ' + kindOf(options));
  return options;
};
let phaseNow = null;

const budget = freeze({
  get total() { return state.total; },
  get dollars() { return state.totalDollars; },
  spent: () => state.spent,
  remaining: () => state.total === null ? Infinity : Math.max(0, state.total - state.spent),
});
const checkBudget = () => {
  if (state.total !== null && state.spent >= state.total) {
    const error = new NativeError('The budget of ' + state.total + ' tokens is spent (' + state.spent + ' so far): agent() starts no more. Give the run a larger one');
    error.code = 'budget_spent';
    throw error;
  }
  if (state.totalDollars !== null && state.dollars >= state.totalDollars) {
    const error = new NativeError('The budget of $' + state.totalDollars + ' is spent: agent() starts no more. Give the run a larger one');
    error.code = 'budget_spent';
    throw error;
  }
};

const agent = async (prompt, options) => {
  if (typeof prompt !== 'string' || prompt === '') wrong('agent(prompt, options) takes a text, not ' + (prompt === '' ? 'an empty one' : kindOf(prompt)));
  const given = optionsOf('agent()', options);
  checkBudget();
  if (state.agents >= limits.agents) {
    const error = new NativeError('A run starts at most ' + limits.agents + ' agents, and has: do more in each of them, or start a second run');
    error.code = 'script_limit';
    throw error;
  }
  state.agents += 1;
  const { label = null, phase = phaseNow, onError = 'null', ...rest } = given;
  const result = await ask('agent', { prompt, ...rest, ...(onError === 'null' || onError === 'throw' ? {} : { onError }) }, { label, phase });
  if (result.status === 'completed') return result.output;
  if (result.status === 'refused' || onError === 'throw') throw failure(result, 'agent(' + (label === null ? '' : stringify(label)) + ')');
  return null;
};

const checkItems = (what, items) => {
  if (items.length > limits.items) wrong(what + ' takes at most ' + limits.items + ' items, not ' + items.length + ': split them over several calls');
};
const rightForm = 'parallel([() => agent("first"), () => agent("second")])';
const parallel = async (thunks) => {
  if (!isArray(thunks)) wrong('parallel() takes an array of functions, not ' + kindOf(thunks) + ': ' + rightForm);
  checkItems('parallel()', thunks);
  for (let index = 0; index < thunks.length; index++) {
    if (typeof thunks[index] === 'function') continue;
    const what = isThenable(thunks[index]) ? 'a promise: what it stands for has begun already' : kindOf(thunks[index]);
    wrong('parallel() takes functions, but element ' + index + ' is ' + what + '. Write ' + rightForm);
  }
  const run = async (thunk, index) => {
    try {
      return await thunk();
    } catch (error) {
      line('log', 'parallel: element ' + index + ' threw: ' + text(error?.message ?? error));
      return null;
    }
  };
  const results = [];
  const running = [];
  for (let index = 0; index < thunks.length; index++) running[index] = run(thunks[index], index);
  for (let index = 0; index < running.length; index++) results[index] = await running[index];
  return results;
};

const pipeline = async (items, ...stages) => {
  if (!isArray(items)) wrong('pipeline(items, ...stages) takes an array of items, not ' + kindOf(items));
  checkItems('pipeline()', items);
  for (let index = 0; index < stages.length; index++) {
    if (typeof stages[index] !== 'function') wrong('pipeline(items, ...stages) takes functions as stages, but stage ' + index + ' is ' + kindOf(stages[index]));
  }
  const run = async (item, index) => {
    let value = item;
    for (let stage = 0; stage < stages.length; stage++) {
      try {
        value = await stages[stage](value, item, index);
      } catch (error) {
        line('log', 'pipeline: item ' + index + ', stage ' + stage + ' threw: ' + text(error?.message ?? error));
        return null;
      }
    }
    return value;
  };
  const results = [];
  const running = [];
  for (let index = 0; index < items.length; index++) running[index] = run(items[index], index);
  for (let index = 0; index < running.length; index++) results[index] = await running[index];
  return results;
};

const phase = (title) => {
  if (typeof title !== 'string' || title === '') wrong('phase(title) takes a text, not ' + kindOf(title));
  phaseNow = title;
  line('phase', title);
};
const log = (...values) => {
  let shown = '';
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    shown += (index === 0 ? '' : ' ') + (typeof value === 'string' ? value : value instanceof NativeError ? text(value.stack ?? value.message) : stringify(value) ?? text(value));
  }
  line('log', shown);
};

const whatShown = (options) => ({ label: options.label ?? null, phase: options.phase ?? phaseNow });
const tool = async (name, args) => {
  if (typeof name !== 'string') wrong('tool(name, args) takes the name of a tool, not ' + kindOf(name));
  const result = await ask('tool', { name, args: args ?? {} }, { label: name, phase: phaseNow });
  if (result.status === 'completed') return result.output;
  throw failure(result, 'tool(' + stringify(name) + ')');
};
const artifact = async (name, content) => {
  if (typeof name !== 'string') wrong('artifact(name, content) takes the name of a file, not ' + kindOf(name));
  if (content === undefined) wrong('artifact(' + stringify(name) + ', content) takes a text or a JSON value, not undefined');
  const result = await ask('artifact', { name, content: typeof content === 'string' ? content : stringify(content, null, 2) + '\\n' }, { label: name, phase: phaseNow });
  if (result.status !== 'completed') throw failure(result, 'artifact(' + stringify(name) + ')');
};
const approve = async (question, options) => {
  if (typeof question !== 'string' || question === '') wrong('approve(question, options) takes a text, not ' + kindOf(question));
  const { label, phase: at, ...rest } = optionsOf('approve()', options);
  const result = await ask('approve', { question, ...rest }, whatShown({ label, phase: at }));
  if (result.status === 'completed') return result.output;
  throw failure(result, 'approve()');
};
const sleep = async (seconds) => {
  if (typeof seconds !== 'number' || !isFinite(seconds) || seconds < 0) wrong('sleep(seconds) takes a number from 0, not ' + (typeof seconds === 'number' ? seconds : kindOf(seconds)));
  await ask('sleep', { seconds }, { label: null, phase: phaseNow });
};
const workflowAt = (depth) => async (what, args) => {
  const name = typeof what === 'object' && what !== null ? what.scriptPath : what;
  if (typeof name !== 'string') wrong('workflow(name, args) takes the name of a script or { scriptPath }, not ' + kindOf(what));
  if (depth > 0) {
    const error = new NativeError('workflow(' + stringify(name) + '): a script within a script starts no third one. Call it from the outer script');
    error.code = 'script_limit';
    throw error;
  }
  const phaseBefore = phaseNow;
  const result = await ask('workflow', { name }, { label: name, phase: phaseNow });
  if (result.status !== 'completed') throw failure(result, 'workflow(' + stringify(name) + ')');
  const value = await result.main({ args, meta: freeze(result.meta), workflow: seen('workflow', workflowAt(depth + 1)) });
  phaseNow = phaseBefore;
  return value;
};

const console = freeze({ log, info: log, warn: log, error: log, debug: log });
/** Its rejection is missed when nobody hears it: that of an async function is not. */
const seen = (name, body) => (...given) => new TrackedPromise((resolve) => resolve(body(...given)), { stack: name + '()' });
const waits = { agent, parallel, pipeline, tool, artifact, approve, sleep };
const all = { phase, log, budget, console };
for (const name of keys(waits)) all[name] = seen(name, waits[name]);
for (const name of keys(all)) built.defineProperty(globalThis, name, { value: all[name], writable: true, configurable: true });
return { workflow: seen('workflow', workflowAt(0)) };
})`;
