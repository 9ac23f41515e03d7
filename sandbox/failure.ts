import { EverturnError } from '../contracts/errors.ts';
import type { Job } from './evaluation.ts';
import type { Position } from './position.ts';
import type { Program } from './program.ts';
import { unavailable } from './unavailable.ts';

/** What the prelude reports of something thrown. */
export type Thrown = { name: string; text: string; hole: number };

const verbs = { code: 'run', expression: 'evaluate', template: 'fill in' } as const;

const cannot = ({ kind, label }: Pick<Job, 'kind' | 'label'>): string => `Cannot ${verbs[kind]} ${label}`;

const at = (position: Position | null): string =>
  position ? ` (line ${position.line}, column ${position.column})` : '';

const excerpt = (code: string): string => (code.length > 120 ? `${code.slice(0, 119)}…` : code);

/** The part that failed, in the user's own words; nothing for a function body. */
const subject = ({ kind }: Job, program: Program, hole: number): string => {
  const code = excerpt(program.functions[hole]?.code ?? '');
  if (kind === 'template') return ` \${${code}}:`;
  return kind === 'expression' ? ` ${code}:` : '';
};

export const syntaxFailure = (job: Job, message: string, position: Position | null): EverturnError =>
  new EverturnError('code_syntax', `${cannot(job)}: ${message}${at(position)}`);

export const thrownFailure = (job: Job, program: Program, thrown: Thrown, position: Position | null): EverturnError => {
  const text = unavailable(job.kind, thrown) ?? (thrown.name === '' ? `It threw ${thrown.text}` : thrown.text);
  const message = `${cannot(job)}:${subject(job, program, thrown.hole)} ${text}${at(position)}`;
  if (job.kind === 'template' && /^cannot read property .* of (undefined|null)$/.test(text)) {
    return new EverturnError('template_undefined', `${message}. Check the name, or write \${…?.… ?? ''}`);
  }
  return new EverturnError('code_failed', message);
};

export const undefinedFailure = (job: Job, program: Program, hole: number, what: string): EverturnError =>
  new EverturnError(
    'template_undefined',
    `${cannot(job)}:${subject(job, program, hole).slice(0, -1)} is ${what}. Check the name, or write \${... ?? ''}`,
  );

export const notJsonFailure = (
  job: Job,
  program: Program,
  { what, key, hole }: { what: string; key: string; hole: number },
): EverturnError => {
  const place = key === '' ? `is ${what}` : `has ${what} at ${JSON.stringify(key)}`;
  const fix = what === 'a promise' ? 'Nothing here takes time: use no async functions' : 'Use only JSON values';
  return new EverturnError('code_result', `${cannot(job)}:${subject(job, program, hole)} The result ${place}. ${fix}`);
};

export const cycleFailure = (job: Job): EverturnError =>
  new EverturnError('code_result', `${cannot(job)}: The result contains itself (a cycle). Use only JSON values`);

export const sizeFailure = (job: Job, bytes: number): EverturnError =>
  new EverturnError(
    'code_result',
    `${cannot(job)}: The result has ${megabytes(bytes)} of JSON, the limit is ${megabytes(job.outputBytes)}. Use less of it`,
  );

export const memoryFailure = (job: Job): EverturnError =>
  new EverturnError(
    'code_memory',
    `${cannot(job)}: It needs more than its ${megabytes(job.memoryBytes)} of memory. Work on less at a time`,
  );

export const timeFailure = (job: Job, timeMs: number): EverturnError =>
  new EverturnError(
    'code_timeout',
    `${cannot(job)}: It has run for ${timeMs / 1000} s, its limit. Make it do less, or give the step a longer timeout`,
  );

export const scopeFailure = (job: Job, bytes: number): EverturnError =>
  new EverturnError(
    'code_memory',
    `${cannot(job)}: What it reads has ${megabytes(bytes)}, too much for its ${megabytes(job.memoryBytes)} of memory. Have earlier steps return less`,
  );

export const depthFailure = (job: Job): EverturnError =>
  new EverturnError('code_failed', `${cannot(job)}: It calls or nests too deeply. Use a loop, or a flatter value`);

const megabytes = (bytes: number): string =>
  bytes < 100_000 ? `${bytes.toLocaleString('en')} bytes` : `${Math.round((bytes / 1024 / 1024) * 10) / 10} MB`;
