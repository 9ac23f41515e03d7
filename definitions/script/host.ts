/** What a script finds beside the language itself. */
export const hostNames = [
  'agent',
  'parallel',
  'pipeline',
  'phase',
  'log',
  'budget',
  'args',
  'workflow',
  'meta',
  'tool',
  'artifact',
  'approve',
  'sleep',
  'console',
] as const;

const promising = new Set(['agent', 'parallel', 'pipeline', 'workflow', 'tool', 'artifact', 'approve', 'sleep']);

/** Whether a call of it gives a promise that matters. */
export const givesPromise = (name: string): boolean => promising.has(name);
