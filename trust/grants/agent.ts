import type { Grant } from '../../contracts/trust.ts';
import { parseAgentFile } from '../../definitions/agent-file.ts';
import { replaces } from './replaces.ts';

const words = { read: 'reads files', write: 'writes files', run: 'runs commands' } as const;

export const agentGrants = (text: string, file: string): Omit<Grant, 'file'>[] => {
  const { name, definition } = parseAgentFile(text, file);
  const { permissions = [] } = definition ?? {};
  const unasked = permissions.filter((permission) => permission !== 'read').map((permission) => words[permission]);
  return [
    ...(unasked.length > 0
      ? [{ kind: 'permissions', allows: `the agent ${name} ${unasked.join(' and ')} without asking` }]
      : []),
    ...replaces('agent', name, file),
  ];
};
