import { z } from 'zod';
import { defineTool, ok } from './define.ts';
import { failed } from './failed.ts';
import { type GitRun, git, type Setting } from './git.ts';
import { resolveInside } from './jail.ts';
import { noNul, quote } from './text.ts';

const mostCharacters = 50_000;

const Revision = noNul
  .min(1)
  .max(250)
  .regex(/^[^-\s][^\s]*$/, 'expected a commit, branch or tag, such as HEAD~3 or main');

/** The hash of the commit that a revision stands for: what goes to `git diff` is never what the model wrote. */
const commitOf = async (revision: string, run: GitRun): Promise<string> => {
  const args = ['rev-parse', '--verify', '--quiet', `${revision}^{commit}`];
  const { code, output } = await git(args, run);
  if (code === 0 && /^[0-9a-f]{40,64}$/.test(output.trim())) return output.trim();
  throw failed(`there is no commit ${quote(revision)} in this repository; give a hash, branch or tag that is there`);
};

const checkRepository = async (run: GitRun): Promise<void> => {
  const { code, output } = await git(['rev-parse', '--is-inside-work-tree'], run);
  if (code !== 0 || output.trim() !== 'true') throw failed('the workspace is not in the work tree of a git repository');
};

/** Filters of the repository are programs that git would run on files of the work tree. */
const withoutFilters = async (run: GitRun): Promise<Setting[]> => {
  const { output, isCut } = await git(['config', '--null', '--name-only', '--get-regexp', '^filter\\.'], run);
  if (isCut) throw failed('the configuration of the repository names too many filters');
  const names = new Set(output.split('\0').map((key) => key.slice(0, key.lastIndexOf('.'))));
  return [...names].flatMap((name): Setting[] =>
    name === ''
      ? []
      : [
          [`${name}.clean`, ''],
          [`${name}.process`, ''],
          [`${name}.required`, 'false'],
        ],
  );
};

const always = [
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--ignore-submodules=dirty',
  '--submodule=short',
  '--find-renames',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--relative',
];

const cut = (output: string): string =>
  `${output.slice(0, output.lastIndexOf('\n') + 1)}[Cut after ${mostCharacters} characters: there is more. List the files with stat, then give a path.]`;

export const gitDiff = defineTool({
  name: 'git_diff',
  description:
    'Show what changed in the git repository of the workspace: from a commit to the files as they are now, or to another commit. Files that git does not track are left out.',
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
  async run({ base, head, path, stat }, { workspace, signal, env }) {
    const inside = await resolveInside(workspace, path);
    const run: GitRun = { cwd: workspace, env, signal, mostCharacters };
    await checkRepository(run);
    const commits = await Promise.all([base, ...(head === undefined ? [] : [head])].map((each) => commitOf(each, run)));
    const filters = await withoutFilters(run);
    const args = ['diff', ...always, ...(stat ? ['--numstat'] : []), ...commits, '--', inside.shown];
    const { code, output, complaint, isCut } = await git(args, run, filters);
    if (code !== 0) throw failed(complaint || `git ended with exit code ${code}`);
    if (output === '') return ok('[No changes]');
    return ok(isCut ? cut(output) : output);
  },
});
