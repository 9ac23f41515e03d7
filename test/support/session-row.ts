import type { NewSession } from '../../store/sessions.ts';

/** A session of its own, of the built-in agent. */
export const sessionRow = (id: string, changes: Partial<NewSession> = {}): NewSession => ({
  id,
  title: '',
  workspace: '/',
  agent: 'default',
  model: 'scripted',
  allow: [],
  definition: null,
  schema: null,
  runId: null,
  node: null,
  ...changes,
});
