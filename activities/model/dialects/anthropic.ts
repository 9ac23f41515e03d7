import { type Dialect, isHost } from './dialect.ts';

/** Anthropic's own endpoint in OpenAI's form, and what imitates it. It refuses text that ends in blanks. */
export const anthropic: Dialect = {
  name: 'anthropic',
  isAt: (url) => isHost(url, 'api.anthropic.com'),
  callIds: /^[a-zA-Z0-9_-]{1,64}$/,
  complete: (message) =>
    typeof message.content === 'string' ? { ...message, content: message.content.trimEnd() } : message,
};
