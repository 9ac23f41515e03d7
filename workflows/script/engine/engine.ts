import type { CallResult, CallScope, ScriptCall } from '../../../contracts/calls.ts';
import type { Budget, CompiledScript, ScriptLine } from '../../../contracts/script.ts';
import type { Nested } from '../../../contracts/script-activities.ts';
import { scriptLimits } from '../../../contracts/script-limits.ts';
import { optionNames } from '../../../contracts/script-options.ts';
import { contentKey, scopeKey } from './call-id.ts';
import { type Ending, notJson, returned, stopped, stuck, threw, unheard, unprintable } from './endings.ts';
import { guest } from './guest.ts';
import type { Facts, Said, Thrown } from './messages.ts';
import { EngineStopped, GuestError, limitOf } from './stopped.ts';
import type { Vm } from './vm.ts';

/** How a call has ended; `refused`: it never began, because what was asked cannot be done. */
export type Heard = Omit<CallResult, 'status'> & { status: CallResult['status'] | 'refused' };

type Line = Omit<ScriptLine, 'at'>;

export type Engine = {
  /** Runs the script to its first awaits. */
  start(): void;
  /** Gives a call its result and runs what waited for it. `script`: of a `workflow()` call, the script to run. */
  settle(id: string, heard: Heard, script?: CompiledScript): void;
  /** What was asked since the last time. */
  takeCalls(): ScriptCall[];
  takeLines(): Line[];
  /** `workflow()` calls whose scripts have ended since the last time. */
  takeNested(): Nested[];
  /** Null while the script runs. */
  ending(): Ending | null;
  memoryBytes(): number;
};

export type Limits = Partial<Record<keyof typeof scriptLimits, number>>;

export type EngineInput = {
  vm: Vm;
  script: CompiledScript;
  /** JSON; undefined: the script has no arguments. */
  args: string | undefined;
  budget: Budget | null;
  /** Whether the run may complete where none of its agents ran. */
  allowEmpty?: boolean;
  /** Limits that tests make smaller. */
  limits?: Limits;
};

/** Runs one script. It knows nothing of Temporal: calls go out by `takeCalls`, results come in by `settle`. */
export const createEngine = ({ vm, script, args, budget, allowEmpty = true, limits }: EngineInput): Engine => {
  let calls: ScriptCall[] = [];
  let lines: Line[] = [];
  let ended: Ending | null = null;
  let asked = 0;
  let said = 0;
  const tickets = new Map<string, number>();
  /** `workflow()` calls whose scripts have begun. */
  const nestedIds = new Map<number, string>();
  let nestedEnds: Nested[] = [];
  const scopes = new Map<number, CallScope>();
  const scopeKeys = new Map<string, number>();
  const occurrences = new Map<string, number>();

  /** The script, and those that it has called. */
  const scripts: CompiledScript[] = [script];

  const end = (ending: Ending): void => {
    ended ??= ending;
  };
  /** A limit of the engine reaches the script as an error, which it may let pass. */
  const endOf = (thrown: Thrown, otherwise: (thrown: Thrown, scripts: readonly CompiledScript[]) => Ending): Ending => {
    const limit = limitOf(thrown, vm.isFull());
    return limit === null ? otherwise(thrown, scripts) : stopped(limit, thrown.stack, scripts);
  };

  const hear = (message: Said, json: string): void => {
    switch (message.t) {
      case 'call': {
        const { kind, label, phase } = message;
        const paying = message.scopes.split(',').flatMap((n) => scopes.get(Number(n)) ?? []);
        const { params } = JSON.parse(json) as Pick<ScriptCall, 'params'>;
        if (typeof params !== 'object' || params === null || Array.isArray(params))
          throw new Error(`${kind}() takes its options as an object: they have a toJSON() that gives another value`);
        const key = contentKey(kind, params);
        const occurrence = occurrences.get(key) ?? 0;
        occurrences.set(key, occurrence + 1);
        const id = `${key}-${occurrence}`;
        tickets.set(id, message.ticket);
        const scoped = paying.length > 0 ? { scopes: paying } : {};
        calls.push({ id, kind, ordinal: asked++, occurrence, label, phase, params, ...scoped });
        return;
      }
      case 'scope': {
        const { n, what, stack } = message;
        const { tokens, dollars } = message.budget;
        const budget = { ...(tokens === null ? {} : { tokens }), ...(dollars === null ? {} : { dollars }) };
        const known = scopes.get(n);
        const key = scopeKey(what, stack);
        const occurrence = scopeKeys.get(key) ?? 0;
        if (!known) scopeKeys.set(key, occurrence + 1);
        scopes.set(n, { id: known?.id ?? `${key}-${occurrence}`, what, budget });
        return;
      }
      case 'nested': {
        const id = nestedIds.get(message.ticket);
        if (id !== undefined) nestedEnds.push({ id, error: message.error });
        return;
      }
      case 'line':
        lines.push({ n: ++said, kind: message.kind, text: message.text });
        return;
      case 'done':
        end(returned(json, allowEmpty ? null : message.agents));
        return;
      case 'result':
        end(notJson(message.what, message.path, script));
        return;
      case 'threw':
        end(endOf(message, message.isResult ? unprintable : threw));
    }
  };

  const setup = JSON.stringify({
    total: budget?.tokens ?? null,
    totalDollars: budget?.dollars ?? null,
    spent: 0,
    dollars: 0,
    agents: 0,
    tried: 0,
    lost: 0,
    why: '',
    limits: { ...scriptLimits, ...limits },
    optionNames,
  });

  /** What fails here ends the run, never the worker. */
  const guarded = (work: () => void): void => {
    if (ended) return;
    try {
      work();
    } catch (error) {
      if (error instanceof EngineStopped) end(stopped(error.message, error.at, scripts));
      else if (error instanceof GuestError)
        end(threw({ name: error.name, message: error.message, stack: error.stack, code: null }, scripts));
      else throw error;
    }
  };

  const hasEnded = (): boolean => ended !== null;
  let border: Record<'start' | 'settle' | 'describe' | 'facts', ReturnType<Vm['evaluate']>> | undefined;

  const open = () => {
    const make = vm.evaluate(guest, 'everturn.js');
    const say = vm.function('say', (text, json) => hear(JSON.parse(text) as Said, json));
    const holder = vm.apply(make, [say, vm.text(setup)]);
    border = {
      start: vm.property(holder, 'start'),
      settle: vm.property(holder, 'settle'),
      describe: vm.property(holder, 'describe'),
      facts: vm.property(holder, 'facts'),
    };
    return border;
  };

  /** After each step: has it ended in a way that only now can be seen? */
  const look = (): void => {
    if (!border || ended?.status === 'failed') return;
    const facts = JSON.parse(vm.call(border.facts, [], hasEnded) ?? 'null') as Facts;
    if (ended === null && facts.waiting > 0) return;
    const reason = vm.unheard();
    const thrown = reason && (JSON.parse(vm.call(border.describe, [reason], hasEnded) ?? 'null') as Thrown);
    if (thrown) ended = endOf(thrown, unheard);
    else end(stuck(facts, scripts));
  };

  return {
    start: () =>
      guarded(() => {
        const { start } = open();
        const main = vm.evaluate(script.code, script.file);
        const given = args === undefined ? [] : [vm.text(args)];
        vm.call(start, [main, vm.text(JSON.stringify(script.meta)), ...given], hasEnded);
        look();
      }),
    settle: (id, heard, nested) =>
      guarded(() => {
        const ticket = tickets.get(id);
        if (ticket === undefined || !border) return;
        tickets.delete(id);
        if (nested) {
          scripts.push(nested);
          nestedIds.set(ticket, id);
        }
        const main = nested ? [vm.evaluate(nested.code, nested.file)] : [];
        const result = vm.text(JSON.stringify(nested ? { ...heard, meta: nested.meta } : heard));
        vm.call(border.settle, [vm.number(ticket), result, ...main], hasEnded);
        look();
      }),
    takeCalls() {
      const taken = calls;
      calls = [];
      return taken;
    },
    takeLines() {
      const taken = lines;
      lines = [];
      return taken;
    },
    takeNested() {
      const taken = nestedEnds;
      nestedEnds = [];
      return taken;
    },
    ending: () => ended,
    memoryBytes: vm.memoryBytes,
  };
};
