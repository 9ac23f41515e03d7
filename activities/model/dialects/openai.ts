import { type Dialect, isHost } from './dialect.ts';

/** Its models that reason refuse `max_tokens` and know an effort above `high`. */
export const openai: Dialect = {
  name: 'openai',
  isAt: (url) => isHost(url, 'api.openai.com', 'openai.azure.com', 'services.ai.azure.com'),
  callIds: /^[a-zA-Z0-9_-]{1,64}$/,
  maxTokens: 'max_completion_tokens',
  effort: (effort) => ({ reasoning_effort: effort === 'max' ? 'xhigh' : effort }),
};
