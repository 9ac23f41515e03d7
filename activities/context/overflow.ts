import { EverturnError } from '../../contracts/errors.ts';
import type { Overflow } from '../../store/requests.ts';

type Said = Pick<Overflow, 'limit' | 'asked'>;

/** How providers word it, with what they name: the first group of each is what was asked, or the limit, by its name. */
const wordings: readonly RegExp[] = [
  // OpenAI, DeepSeek, vLLM, OpenRouter, Together
  /maximum context length (?:is|of) (?<limit>\d[\d,]*) tokens(?:.*?(?:requested|resulted in|contains?|has)(?: a total of| about| at least)? (?<asked>\d[\d,]*)(?: input)? tokens)?/i,
  /maximum prompt length is (?<limit>\d[\d,]*)(?:.*?contains (?<asked>\d[\d,]*))?/i,
  /exceeds? the (?:model's )?context window/i,
  /input tokens exceed the configured limit of (?<limit>\d[\d,]*)(?:.*?resulted in (?<asked>\d[\d,]*))?/i,
  /engine prompt length (?<asked>\d[\d,]*) exceeds the max_model_len (?<limit>\d[\d,]*)/i,
  /tokens in request more than max tokens allowed/i,
  // Anthropic
  /prompt is too long: (?<asked>\d[\d,]*)(?: tokens)? > (?<limit>\d[\d,]*)/i,
  /exceed context limit: (?<asked>\d[\d,]*) \+ \d+ > (?<limit>\d[\d,]*)/i,
  // Gemini
  /input token count(?: \((?<asked>\d[\d,]*)\))? exceeds the maximum number of tokens(?: allowed)?(?:[ (]+(?<limit>\d[\d,]*))?/i,
  // llama.cpp, Ollama, LM Studio
  /request \((?<asked>\d[\d,]*) tokens\) exceeds the available context size \((?<limit>\d[\d,]*)/i,
  /exceeds? the available context size|exceed_context_size|exceeds? (?:the |maximum )*context length|exceeded (?:the )?(?:maximum )?context length/i,
  /loaded with context length of only (?<limit>\d[\d,]*) tokens|greater than the context length/i,
  // Mistral
  /prompt contains (?<asked>\d[\d,]*) tokens.*?too large for model with (?<limit>\d[\d,]*) maximum context length/i,
  // vLLM, SGLang, text-generation-inference
  /prompt \(length (?<asked>\d[\d,]*)\) is longer than the maximum model length of (?<limit>\d[\d,]*)/i,
  /input \((?<asked>\d[\d,]*) tokens\) is longer than the model's context length \((?<limit>\d[\d,]*)/i,
  /input prompt \((?<asked>\d[\d,]*) tokens\) is too long and exceeds limit of (?<limit>\d[\d,]*)/i,
  /`inputs` tokens \+ `max_new_tokens` must be <= (?<limit>\d[\d,]*)(?:.*?given: (?<asked>\d[\d,]*))?/i,
  /inputs`? must have less than (?<limit>\d[\d,]*) tokens(?:.*?given: (?<asked>\d[\d,]*))?/i,
  // Moonshot, DashScope, Zhipu, MiniMax, Fireworks, Cohere, Copilot, Bedrock
  /exceeded model token limit: (?<limit>\d[\d,]*)(?: \(requested: (?<asked>\d[\d,]*)\))?/i,
  /input length (?<asked>\d[\d,]*) exceeds the maximum length (?<limit>\d[\d,]*)/i,
  /(?:input|message|prompt) exceeds the size limit of (?<limit>\d[\d,]*) tokens/i,
  /expected (?:the )?(?:input|prompt) to be at most (?<limit>\d[\d,]*) tokens/i,
  /range of input length should be \[\d+, ?(?<limit>\d[\d,]*)\]/i,
  /prompt exceeds max length|context window exceeds limit|input is too long for (?:the )?requested model/i,
  /prompt is too long: (?<asked>\d[\d,]*), model maximum context length: (?<limit>\d[\d,]*)/i,
  /total number of tokens in the prompt cannot exceed (?<limit>\d[\d,]*) - received (?<asked>\d[\d,]*)/i,
  /prompt token count of (?<asked>\d[\d,]*) exceeds the limit of (?<limit>\d[\d,]*)/i,
  // One request that is above what may be asked in a minute never fits, however long it waits.
  /request too large for .*?limit:? (?<limit>\d[\d,]*), requested:? (?<asked>\d[\d,]*)/i,
  /context_length_exceeded|model_max_prompt_tokens_exceeded|max_tokens_exceeded|request_too_large|prompt[ _]is[ _]too[ _]long|prompt_too_long|最大上下文|上下文长度|reduce the length of the (?:messages|prompt)/i,
];

const asNumber = (text: string | undefined): number | null => {
  const value = Number(text?.replace(/\D/g, '') || Number.NaN);
  return Number.isSafeInteger(value) && value > 0 ? value : null;
};

const said = (message: string): Said | null => {
  for (const wording of wordings) {
    const found = wording.exec(message);
    if (!found) continue;
    const asked = asNumber(found.groups?.asked);
    const limit = asNumber(found.groups?.limit);
    return { limit, asked: limit !== null && asked !== null && asked < limit ? null : asked };
  }
  return null;
};

/** What a provider said of a request that is too long for its model; null when its refusal is about something else. */
export const overflowOf = (error: unknown): Said | null => {
  if (!(error instanceof EverturnError) || !error.code.startsWith('model_')) return null;
  const { details = {} } = error;
  const none = { limit: null, asked: null };
  const isCertain = details.kind === 'overflow' || details.status === 413;
  return said(error.message) ?? (isCertain ? none : null);
};
