import path from 'node:path';
import type { Command } from 'commander';
import { openTrust } from '../../trust/trust.ts';
import { createPrint, type JsonOption } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { near } from '../screen/near.ts';
import { harmless } from '../screen/style.ts';
import { projectOf } from '../supervisor/ensure-up.ts';

export const addInit = (program: Command): void => {
  program
    .command('init [folder]')
    .description('write a project that runs: configuration, an agent, a flow, a script and a tool')
    .option('--json', 'as one JSON line')
    .action((folder: string | undefined, options: JsonOption) =>
      runCommand(options, () => init(projectOf(folder === undefined ? {} : { project: folder }), options)),
    );
};

const init = async (project: string, options: JsonOption): Promise<void> => {
  const { projectFiles, writeProject } = await import('../init/write-project.ts');
  const trust = openTrust(project);
  const isClean = trust.state().grants.length === 0;
  writeProject(project);
  // What this command has just written is the user's own; earlier content needs their judgement.
  const { trusted } = isClean ? trust.give(trust.state().hash) : trust.state();
  const folder = near(project);
  const words = [
    ...projectFiles.map((file) => `Wrote ${near(path.join(project, file))}`),
    ...(trusted ? [] : ['The folder had files that need your trust first: npx everturn trust']),
    '',
    `Start it${folder === '' ? '' : ` in ${folder}`}: npx everturn up`,
    'Then, in a second terminal:',
    '  npx everturn send --new "Which files are here?"',
    '  npx everturn run tour',
    '  npx everturn run look-around',
    `  npx everturn send --new 'call count_words {"text":"one two three"}'`,
  ].join('\n');
  createPrint(options)(harmless(words), { type: 'created', folder: project, files: projectFiles, trusted });
};
