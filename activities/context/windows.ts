import type { Store } from '../../store/store.ts';
import type { ModelClient } from '../model/client.ts';
import type { Models } from '../model/models.ts';

/** Milliseconds after which another worker's lesson is read. */
const freshMs = 30_000;

type Learned = { tokens: number | null; isExact: boolean; at: number };

/** How many tokens models take: as configured, or less where the provider has refused more. */
export const createWindows = (store: Pick<Store, 'context'>, models: Pick<Models, 'about'>) => {
  const known = new Map<string, Learned>();
  const idOf = ({ key, model }: ModelClient): string => `${key.name} ${model}`;

  const learned = async (model: ModelClient): Promise<Learned> => {
    const kept = known.get(idOf(model));
    if (kept && performance.now() - kept.at < freshMs) return kept;
    const row = await store.context.window(model.key.name, model.model);
    const read = { tokens: row?.tokens ?? null, isExact: row?.isExact === true, at: performance.now() };
    known.set(idOf(model), read);
    return read;
  };

  return {
    /** Null if unknown. `counted`: what the provider took last, which an estimate must not contradict. */
    async of(model: ModelClient, counted: number): Promise<number | null> {
      const { tokens, isExact } = await learned(model);
      const { contextTokens } = models.about(model.name).facts;
      if (tokens === null) return contextTokens?.value ?? null;
      const least = isExact ? tokens : Math.max(tokens, counted);
      if (contextTokens === null) return least;
      // An estimate does not contradict the user whose model it is; that of a list of facts may be another's.
      const isTold = contextTokens.asOf === null;
      return isTold && !isExact ? contextTokens.value : Math.min(least, contextTokens.value);
    },
    async learn(model: ModelClient, tokens: number, isExact: boolean): Promise<void> {
      await store.context.learn(model.key.name, model.model, { tokens: Math.max(1, Math.floor(tokens)), isExact });
      known.delete(idOf(model));
    },
  };
};

export type Windows = ReturnType<typeof createWindows>;
