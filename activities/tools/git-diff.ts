import { lstatSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { z } from 'zod';
import { closedBelow, dataFolderName, linkedFiles } from '../../files/closed.ts';
import { type Git, withGit } from '../git/git.ts';
import { defineTool, ok } from './define.ts';
import { failed } from './failed.ts';
import { resolveInside } from './jail.ts';
import { noNul, quote } from './text.ts';
import type { ToolContext } from './tool.ts';

const maxCharacters = 50_000;

const Revision = noNul
  .min(1)
  .max(250)
  .regex(/^[^-\s][^\s]*$/, 'expected a commit, branch or tag, such as HEAD~3 or main');

/** The hash of the commit that a revision stands for: what goes to `git diff` is never what the model wrote. */
const commitOf = async (revision: string, git: Git): Promise<string> => {
  const args = ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`];
  const { code, output } = await git.run(args, { maxCharacters });
  if (code === 0 && /^[0-9a-f]{40,64}$/.test(output.trim())) return output.trim();
  throw failed(`there is no commit ${quote(revision)} in this repository; give a hash, branch or tag that is there`);
};

/** `.everturn` may be tracked: it is left out at every depth, but for the scripts when they are asked for. */
const withoutClosed = (shown: string): string[] => {
  const isOpen = shown.split(sep).includes(dataFolderName);
  const folder = isOpen ? `${shown}/**/${dataFolderName}` : `**/${dataFolderName}`;
  return [`:(exclude,glob,icase)${folder}`, `:(exclude,glob,icase)${folder}/**`];
};

/** Files that a rule hides, and those of the work tree that are closed for what they are, whatever they are called. */
const closedFiles = async (git: Git, args: readonly string[], { workspace, dataFolders, isHidden }: ToolContext) => {
  const places = closedBelow(workspace, dataFolders).map((real) => `:(exclude,literal)${relative(workspace, real)}`);
  const linked = await linkedFiles(dataFolders);
  if (linked.size === 0 && !isHidden) return places;
  const { output, isCut } = await git.run(['diff', ...always, '--name-only', '-z', ...args], {
    maxCharacters: 10_000_000,
  });
  if (isCut) throw failed('too many files changed to look at each; give a narrower path');
  const names = output.split('\0').filter((name) => {
    if (name === '') return false;
    if (isHidden?.(join(workspace, name))) return true;
    const stats = lstatSync(join(workspace, name), { throwIfNoEntry: false });
    return stats !== undefined && linked.has(stats);
  });
  return [...places, ...names.map((name) => `:(exclude,literal)${name}`)];
};

const always = [
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--submodule=short',
  '--find-renames',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--relative',
];

const cut = (output: string): string =>
  `${output.slice(0, output.lastIndexOf('\n') + 1)}[Cut after ${maxCharacters} characters: there is more. List the files with stat, then give a path.]`;

export const gitDiff = defineTool({
  name: 'git_diff',
  description:
    'Show what changed in the git repository of the workspace: from a commit to the files as they are now, or to another commit. Files that git does not track are left out, and submodules unless two commits are compared.',
  parameters: z.strictObject({
    base: Revision.default('HEAD').describe('The commit to compare with: a hash, branch, tag, or such as HEAD~3'),
    head: Revision.optional().describe('The commit to compare; without it the files as they are now'),
    path: noNul.min(1).default('.').describe('Only this folder or file, relative to the workspace'),
    stat: z
      .boolean()
      .default(false)
      .describe('Only the changed files, each with its number of added and removed lines'),
  }),
  effect: 'pure',
  permission: 'read',
  doing: ({ base, head }) =>
    `show the changes ${head === undefined ? 'since' : 'from'} ${quote(base)}${head === undefined ? '' : ` to ${quote(head)}`}`,
  async run({ base, head, path, stat }, context) {
    const { workspace, env, signal } = context;
    const inside = await resolveInside(context, path);
    const below = relative(workspace, inside.real) || '.';
    const { code, output, complaint, isCut } = await withGit({ folder: workspace, env, signal }, async (git) => {
      const revisions = head === undefined ? [base] : [base, head];
      const commits = await Promise.all(revisions.map((each) => commitOf(each, git)));
      // To compare a submodule with its files git would start another git in it, with its own configuration.
      const submodules = `--ignore-submodules=${head === undefined ? 'all' : 'dirty'}`;
      const what = [submodules, ...commits, '--', `:(literal)${below}`, ...withoutClosed(below)];
      const closed = head === undefined || context.isHidden ? await closedFiles(git, what, context) : [];
      return await git.run(['diff', ...always, ...(stat ? ['--numstat'] : []), ...what, ...closed], { maxCharacters });
    });
    if (code !== 0) throw failed(complaint || `git ended with exit code ${code}`);
    if (output === '') return ok('[No changes]');
    return ok(isCut ? cut(output) : output);
  },
});
