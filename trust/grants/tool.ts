import path from 'node:path';
import type { Grant } from '../../contracts/trust.ts';

/** It is code: loading it runs it, and its calls do whatever it says. */
export const toolGrants = (_text: string, file: string): Omit<Grant, 'file'>[] => [
  { kind: 'tool', allows: `agents get the tool in ${path.basename(file)}, which runs as a program of yours` },
];
