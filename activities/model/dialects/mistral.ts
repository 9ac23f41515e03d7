import { type Dialect, isHost } from './dialect.ts';

/** It reports usage unasked, and takes only ids of its own form. */
export const mistral: Dialect = {
  name: 'mistral',
  isAt: (url) => isHost(url, 'mistral.ai'),
  callIds: /^[a-zA-Z0-9]{9}$/,
  omit: ['stream_options'],
};
