import type { Dialect } from './dialect.ts';

/** Chat templates of models whose server is one's own, at any address: they must be named. */
const local = (name: Dialect['name']): Dialect => ({
  name,
  isAt: () => false,
  // Some templates join the content of a call to a text, and cannot join null.
  complete: (message) => (message.content === null ? { ...message, content: '' } : message),
});

export const vllm = local('vllm');
export const llamaCpp = local('llama.cpp');
