import path from 'node:path';
import type { Grant } from '../../contracts/trust.ts';
import { parseScript } from '../../definitions/script-file.ts';
import { replaces } from './replaces.ts';

/** A script has no permissions of its own: its agents have theirs, and its run has those that a user gives it. */
export const scriptGrants = (text: string, file: string): Omit<Grant, 'file'>[] =>
  replaces('script', parseScript(text, file).id ?? path.parse(file).name, file);
