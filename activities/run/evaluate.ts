import type { Sandbox } from '../../sandbox/sandbox.ts';
import { readsOf } from '../../sandbox/syntax.ts';
import type { KnownRun } from './known-run.ts';

type Kind = 'expression' | 'template' | 'code';

/** A source of a step, with its field for messages. */
export type Source = { kind: Kind; text: string; field: string; timeMs?: number };

/** Beside input and results: what an item sees. */
export type ItemScope = { item: unknown; index: number } | null;

export type Evaluator = {
  /** Throws `code_*` and `template_*` errors that name the field. */
  evaluate(source: Source): Promise<unknown>;
  /** All that a source can read, for the hash of a step's inputs. */
  scopeOf(source: Source): Promise<Record<string, unknown>>;
};

const readCache = new Map<string, ReturnType<typeof readsOf>>();

const readsIn = ({ kind, text }: Source): ReturnType<typeof readsOf> => {
  const key = `${kind} ${text}`;
  const found = readCache.get(key) ?? readsOf(kind, text);
  if (readCache.size > 1000) readCache.clear();
  readCache.set(key, found);
  return found;
};

/** Evaluates the sources of one step, each over what it reads and nothing else. */
export const createEvaluator = (
  sandbox: Sandbox,
  known: KnownRun,
  stepId: string,
  itemScope: ItemScope,
  signal?: AbortSignal,
): Evaluator => {
  const scopeOf = async (source: Source): Promise<Record<string, unknown>> => {
    const { steps, usesItem } = readsIn(source);
    const wanted = steps === 'all' ? known.ancestors(stepId) : steps;
    const results = await known.results(wanted);
    return {
      input: known.run.input,
      results: Object.fromEntries(
        [...results].map(([step, { status, output, error }]) => [step, { status, output, error }]),
      ),
      ...(usesItem && itemScope ? itemScope : {}),
    };
  };

  return {
    scopeOf,
    evaluate: async (source) =>
      await sandbox.evaluate(
        {
          kind: source.kind,
          source: source.text,
          scope: await scopeOf(source),
          label: `steps.${stepId}.${source.field}`,
          ...(source.timeMs === undefined ? {} : { timeMs: source.timeMs }),
        },
        signal,
      ),
  };
};

/** Of a script's call: what it says has been evaluated by the script itself. */
export const literal: Evaluator = {
  evaluate: async ({ text }) => text,
  scopeOf: async () => ({}),
};
