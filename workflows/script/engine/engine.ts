import type { Call, CallResult } from '../../../contracts/calls.ts';
import { type Budget, type CompiledScript, type ScriptLine, scriptLimits } from '../../../contracts/script.ts';
import { contentKey } from './call-id.ts';
import { type Ending, notJson, stuck, threw, tooLarge, unheard, unprintable } from './endings.ts';
import { guest } from './guest.ts';
import type { Facts, Said } from './messages.ts';
import { EngineStopped, GuestError, type Vm } from './vm.ts';

/** How a call has ended; `refused`: it never began, because what was asked cannot be done. */
export type Heard = Omit<CallResult, 'status'> & { status: CallResult['status'] | 'refused'; meta?: unknown };

type Line = Omit<ScriptLine, 'at'>;

export type Engine = {
  /** Runs the script to its first awaits. */
  start(): void;
  /** Gives a call its result and runs what waited for it. `script`: of a `workflow()` call, the script to run. */
  settle(id: string, heard: Heard, script?: CompiledScript): void;
  /** What was asked since the last time. */
  takeCalls(): Call[];
  takeLines(): Line[];
  /** Null while the script runs. */
  ending(): Ending | null;
  memoryBytes(): number;
};

export type EngineInput = {
  vm: Vm;
  script: CompiledScript;
  /** JSON; undefined: the script has no arguments. */
  args: string | undefined;
  budget: Budget | null;
  /** Limits that tests make smaller. */
  limits?: Partial<typeof scriptLimits>;
};

/** Runs one script. It knows nothing of Temporal: calls go out by `takeCalls`, results come in by `settle`. */
export const createEngine = ({ vm, script, args, budget, limits }: EngineInput): Engine => {
  let calls: Call[] = [];
  let lines: Line[] = [];
  let ended: Ending | null = null;
  let asked = 0;
  let said = 0;
  const tickets = new Map<string, number>();
  const occurrences = new Map<string, number>();

  const end = (ending: Ending): void => {
    ended ??= ending;
  };

  const hear = (message: Said): void => {
    switch (message.t) {
      case 'call': {
        const { kind, label, phase } = message;
        const { params } = JSON.parse(message.asked) as Pick<Call, 'params'>;
        const key = contentKey(kind, params);
        const occurrence = occurrences.get(key) ?? 0;
        occurrences.set(key, occurrence + 1);
        const id = `${key}-${occurrence}`;
        tickets.set(id, message.ticket);
        calls.push({ id, kind, ordinal: asked++, occurrence, label, phase, params });
        return;
      }
      case 'line':
        lines.push({ n: ++said, kind: message.kind, text: message.text });
        return;
      case 'done':
        if (message.result.length > scriptLimits.jsonBytes) return end(tooLarge(message.result.length));
        return end({ status: 'completed', result: message.result });
      case 'result':
        return end(notJson(message.what, message.key));
      case 'threw':
        return end(message.isResult ? unprintable(message) : threw(message, script));
    }
  };

  const setup = JSON.stringify({
    total: budget?.tokens ?? null,
    totalDollars: budget?.dollars ?? null,
    spent: 0,
    dollars: 0,
    agents: 0,
    limits: { ...scriptLimits, ...limits },
  });

  /** What fails here ends the run, never the worker. */
  const guarded = (work: () => void): void => {
    if (ended) return;
    try {
      work();
    } catch (error) {
      if (error instanceof EngineStopped)
        return end({ status: 'failed', code: 'script_stopped', reason: error.message });
      if (!(error instanceof GuestError)) throw error;
      const { name, message, stack } = error;
      return end(threw({ name, message, stack, code: null }, script));
    }
  };

  let border: Record<'start' | 'settle' | 'facts', ReturnType<Vm['evaluate']>> | undefined;

  const open = () => {
    const make = vm.evaluate(guest, 'everturn.js');
    const say = vm.function('say', (text) => hear(JSON.parse(text) as Said));
    const holder = vm.apply(make, [say, vm.text(setup)]);
    border = {
      start: vm.property(holder, 'start'),
      settle: vm.property(holder, 'settle'),
      facts: vm.property(holder, 'facts'),
    };
    return border;
  };

  /** After each step: has it ended in a way that only now can be seen? */
  const look = (): void => {
    if (!border) return;
    const facts = JSON.parse(vm.call(border.facts, []) ?? 'null') as Facts;
    if (ended?.status === 'completed' && facts.unheard) ended = unheard(facts.unheard, script);
    if (ended === null && facts.waiting === 0)
      end(facts.unheard ? unheard(facts.unheard, script) : stuck(facts, script));
  };

  return {
    start: () =>
      guarded(() => {
        const { start } = open();
        const main = vm.evaluate(script.code, script.file);
        vm.call(start, [main, vm.text(JSON.stringify(script.meta)), ...(args === undefined ? [] : [vm.text(args)])]);
        look();
      }),
    settle: (id, heard, nested) =>
      guarded(() => {
        const ticket = tickets.get(id);
        if (ticket === undefined || !border) return;
        tickets.delete(id);
        const main = nested ? [vm.evaluate(nested.code, nested.file)] : [];
        vm.call(border.settle, [vm.number(ticket), vm.text(JSON.stringify(heard)), ...main]);
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
    ending: () => ended,
    memoryBytes: vm.memoryBytes,
  };
};
