import { type Dialect, isHost } from './dialect.ts';

export const ollama: Dialect = {
  name: 'ollama',
  isAt: (url) => url.port === '11434' || isHost(url, 'ollama.com'),
};
