import type { ScriptCall } from '../../contracts/calls.ts';
import type { CallOutcome, Lines, LoadedScript, Nested, ScriptEnd } from '../../contracts/script-activities.ts';
import type { Ending } from './engine/endings.ts';
import { createEngine, type Engine, type Heard } from './engine/engine.ts';
import type { Vm } from './engine/vm.ts';
import type { Queued, Stepped, Waiting } from './machine.ts';

/** Calls that one activity prepares. */
const maxPrepared = 200;
/** Of JSON that one activity is given. */
const maxCharacters = 4_000_000;

const heardOf = (outcome: Extract<CallOutcome, { outcome: 'refused' }>): Heard => ({
  status: 'refused',
  output: null,
  code: outcome.code,
  reason: outcome.reason,
  tokens: 0,
  dollars: 0,
});

/** Between the engine and the machine: requests of the script that are not taken yet, and the results it got. */
export const createHost = (
  vm: Vm,
  { script, args, budget, memo, scripts, allowEmpty = true, endsNested = false }: LoadedScript,
) => {
  const engine: Engine = createEngine({ vm, script, args: args ?? undefined, budget, allowEmpty });
  let asked: ScriptCall[] = [];
  /** Lines that are not recorded yet; those that are being recorded stay, so that the end can record them too. */
  let lines: Lines = [];
  let telling = 0;
  /** `workflow()` calls whose ends are not recorded yet, and how many of them are being recorded. */
  let nested: Nested[] = [];
  let settling = 0;
  let isPreparing = false;

  const collect = (): void => {
    for (let calls = engine.takeCalls(); calls.length > 0; calls = engine.takeCalls()) {
      for (const call of calls) {
        const known = memo[call.id];
        if (known) engine.settle(call.id, known, scripts[call.id]);
        else asked.push(call);
      }
    }
    lines.push(...engine.takeLines());
    const ends = engine.takeNested();
    if (endsNested) nested.push(...ends);
  };

  const over = (): Stepped['over'] => {
    const ending = engine.ending();
    if (!ending) return null;
    return ending.status === 'completed'
      ? { status: 'completed', code: null }
      : { status: 'failed', code: ending.code };
  };

  const stepped = (patch: Partial<Stepped> = {}): Stepped => {
    collect();
    return {
      type: 'stepped',
      start: [],
      wait: [],
      ended: null,
      asks: asked.length > 0 && !isPreparing,
      tells: lines.length > 0 && telling === 0,
      ends: nested.length > 0 && settling === 0,
      over: over(),
      ...patch,
    };
  };

  return {
    start(): Stepped {
      engine.start();
      return stepped();
    },
    settle(id: string, heard: Heard): Stepped {
      engine.settle(id, heard);
      return stepped({ ended: id });
    },
    takeCalls(): ScriptCall[] {
      let characters = 0;
      let count = 0;
      for (const call of asked) {
        characters += JSON.stringify(call).length;
        if (count > 0 && (count === maxPrepared || characters > maxCharacters)) break;
        count += 1;
      }
      const taken = asked.slice(0, count);
      asked = asked.slice(count);
      isPreparing = true;
      return taken;
    },
    /** Passes ended calls to the script; returns the calls to carry out. */
    prepared(outcomes: readonly CallOutcome[]): Stepped {
      isPreparing = false;
      const start: Queued[] = [];
      const wait: Waiting[] = [];
      for (const outcome of outcomes) {
        if (outcome.outcome === 'ended') engine.settle(outcome.id, outcome.result, outcome.script);
        else if (outcome.outcome === 'refused') engine.settle(outcome.id, heardOf(outcome));
        else if (outcome.outcome === 'start') start.push({ call: outcome.id, prefix: outcome.prefix });
        else wait.push({ call: outcome.id, ms: outcome.ms });
      }
      return stepped({ start, wait });
    },
    takeLines(): Lines {
      telling = lines.length;
      return lines;
    },
    linesRecorded(): Stepped {
      lines = lines.slice(telling);
      telling = 0;
      return stepped();
    },
    takeNested(): Nested[] {
      settling = nested.length;
      return nested;
    },
    nestedRecorded(): Stepped {
      nested = nested.slice(settling);
      settling = 0;
      return stepped();
    },
    /** What the run ends with. */
    end(status: ScriptEnd['status'], code: ScriptEnd['code']): ScriptEnd {
      const ending: Ending | null = engine.ending();
      const mine = ending?.status === status ? ending : null;
      return {
        status,
        code,
        reason: mine?.status === 'failed' ? mine.reason : null,
        result: mine?.result ?? null,
        lines,
        ...(nested.length > 0 ? { nested } : {}),
      };
    },
    memoryBytes: engine.memoryBytes,
  };
};

export type Host = ReturnType<typeof createHost>;
