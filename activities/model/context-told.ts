import { parseJson } from '../../contracts/parse-json.ts';
import type { Connection } from './connect.ts';
import { asFacts, type Facts } from './words.ts';

const maxListLength = 8 * 1024 * 1024;

const names = [
  'context_length',
  'context_window',
  'max_model_len',
  'max_context_length',
  'context_size',
  'inputTokenLimit',
  'max_input_tokens',
  'n_ctx',
];

const countIn = (facts: Facts): number | null => {
  const told = names.map((name) => Number(facts[name])).find((count) => Number.isInteger(count) && count > 0);
  return told ?? null;
};

const entriesOf = (list: unknown): Facts[] => {
  const { data, models } = asFacts(list);
  const entries = [list, data, models].find(Array.isArray) ?? [];
  return entries.map(asFacts);
};

const isModel = (model: string, { id, name, model: own }: Facts): boolean =>
  [id, name, own].some((each) => each === model || each === `models/${model}`);

const readBounded = async (response: Response): Promise<string> => {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    if (text.length > maxListLength) return '';
  }
  return text;
};

/** The tokens that a model takes in all, where the provider's list of models says so. Null where it does not. */
export const contextTold = async (
  { url, headers, provider }: Connection,
  signal: AbortSignal,
): Promise<number | null> => {
  const list = new URL(url);
  list.pathname = list.pathname.replace(/\/chat\/completions$/, '/models');
  try {
    const response = await fetch(list, { headers, signal, redirect: 'error' });
    const text = response.ok ? await readBounded(response) : '';
    const entry = entriesOf(parseJson(text)).find((each) => isModel(provider.model, each));
    if (!entry) return null;
    return countIn(entry) ?? countIn(asFacts(entry.top_provider)) ?? countIn(asFacts(entry.meta));
  } catch {
    signal.throwIfAborted();
    return null;
  }
};
