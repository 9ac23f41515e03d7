import path from 'node:path';
import type { Grant } from '../../contracts/trust.ts';

/** Its description is in the prompt of every session, and agents follow what it says. */
export const skillGrants = (_text: string, file: string): Omit<Grant, 'file'>[] => [
  { kind: 'skill', allows: `agents see the skill ${path.basename(path.dirname(file))}, and follow it` },
];
