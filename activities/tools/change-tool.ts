import type { z } from 'zod';
import type { FileChange } from '../../contracts/file-changes.ts';
import type { Draft } from '../changes/draft.ts';
import type { Changes, Submitted } from '../changes/session-changes.ts';
import { checkArguments } from './arguments.ts';
import { defineTool } from './define.ts';
import { failed } from './failed.ts';
import type { Tool, ToolContext, ToolResult } from './tool.ts';

/** What a call would do. Without drafts there is nothing to do. */
export type Plan = { drafts: Draft[]; words: string };
export type PlanContext = Pick<ToolContext, 'workspace' | 'dataFolders' | 'pathRefusal'> & Pick<Changes, 'see'>;

/** Characters of a diff that the model is shown. People see all of it. */
const maxShown = 4000;

const numbersOf = (changes: readonly FileChange[]): string =>
  `change${changes.length === 1 ? '' : 's'} ${changes.map(({ number }) => number).join(', ')}`;

const staged = (changes: readonly FileChange[]): string =>
  ` (staged as ${numbersOf(changes)}: not on disk until it is applied)`;

/** The model has written what it creates: it need not read it again. */
const shownTo = (changes: readonly FileChange[]): string => {
  const diff = changes.flatMap(({ kind, diff: one }) => (kind === 'create' ? [] : [one])).join('');
  if (diff === '') return '';
  return diff.length <= maxShown
    ? `\n\n${diff.trimEnd()}`
    : `\n[The diff is too long to show here: ${diff.length} characters]`;
};

export const resultOf = ({ state, words, reason, changes }: Submitted): ToolResult => {
  const diff = changes.map((change) => change.diff).join('');
  const shown = diff === '' ? {} : { diff };
  if (state === 'refused') throw failed(reason ?? 'it was refused');
  const notes = changes.flatMap((change) => change.notes).map((note) => `\nNote: ${note}`);
  const text = `${words}${state === 'staged' ? staged(changes) : ''}${notes.join('')}${shownTo(changes)}`;
  return { status: 'ok', text, ...shown };
};

type Definition<S extends z.ZodObject> = Pick<Tool, 'name' | 'description'> & {
  parameters: S;
  doing: (args: z.output<S>) => string;
  plan: (args: z.output<S>, context: PlanContext) => Promise<Plan>;
};

/** A tool that changes files: it plans what it would do, and the queue of the session decides when that is done. */
export const defineChangeTool = <S extends z.ZodObject>({ plan, ...tool }: Definition<S>): Tool => ({
  ...defineTool({
    ...tool,
    // What was begun is in a journal by the key of the call, and a second run goes on with that.
    effect: 'idempotent',
    permission: 'write',
    run: (args, context) =>
      context.changes.exclusively(async () => {
        const ended = (await context.changes.earlier()) ?? (await context.changes.checkAsked());
        if (ended) return resultOf(ended);
        const { drafts, words } = await plan(args, { ...context, see: context.changes.see });
        if (drafts.length === 0) return { status: 'ok', text: words };
        return resultOf(await context.changes.submit(drafts, words));
      }),
  }),
  plan: (args, context) => plan(checkArguments(tool, args), context),
});
