import type { Command } from 'commander';
import { countGrants } from '../../contracts/trust.ts';
import { untrusted } from '../../contracts/untrusted.ts';
import { openTrust, type Trust, trustedFolders } from '../../trust/trust.ts';
import { createPrint, type JsonOption, type Print } from '../output.ts';
import { runCommand } from '../run-command.ts';
import { harmless } from '../screen/style.ts';
import { claimFolders } from '../supervisor/claim.ts';
import { projectOf } from '../supervisor/ensure-up.ts';
import { foldersOf } from '../supervisor/folders.ts';
import { wordsOf } from '../supervisor/report.ts';
import { askYes } from '../trust/ask-trust.ts';
import { trustWords } from '../trust/words.ts';

type TrustOptions = JsonOption & { yes?: boolean; list?: boolean; revoke?: boolean; data?: boolean };

export const addTrust = (program: Command): void => {
  program
    .command('trust [folder]')
    .description(
      'show what a project would allow by itself (schedules, webhooks, permissions, addresses), and trust it',
    )
    .option('-y, --yes', 'trust without asking')
    .option('--list', 'list the folders that you have trusted')
    .option('--revoke', 'revoke trust')
    .option('--data', "confirm that the folder's .everturn data is yours: created before an upgrade, moved or restored")
    .option('--json', 'one JSON line')
    .action((folder: string | undefined, options: TrustOptions) =>
      runCommand(options, () => act(folder === undefined ? projectOf({}) : projectOf({ project: folder }), options)),
    );
};

const act = async (project: string, options: TrustOptions): Promise<void> => {
  const print = createPrint(options);
  if (options.list) return list(print);
  if (options.data) return adopt(project, print, options);
  const trust = openTrust(project);
  if (options.revoke) return revoke(project, trust, print);
  await give(project, trust, print, options);
};

const list = (print: Print): void => {
  const folders = trustedFolders();
  if (folders.length === 0) print('You have trusted no folder', { type: 'none' });
  for (const trusted of folders) {
    const { folder, trustedAt, grants } = trusted;
    print(harmless(`${folder}  since ${trustedAt}: ${countGrants(grants) || 'nothing'}`), {
      type: 'trusted',
      ...trusted,
    });
  }
};

const revoke = (project: string, trust: Trust, print: Print): void => {
  const revoked = trust.revoke();
  const words = revoked ? `${project} is no longer trusted` : `${project} was not trusted`;
  print(harmless(words), { type: 'revoked', folder: project, revoked });
};

const give = async (project: string, trust: Trust, print: Print, { yes }: TrustOptions): Promise<void> => {
  const state = trust.state();
  print(trustWords(state), { type: 'trust', ...state });
  if (state.trusted) return;
  if (!yes && !(await askYes('Trust this?')))
    throw untrusted(`let ${project} act by itself`, ', and answer y, or give --yes');
  const given = trust.give(state.hash);
  print('Trusted as it is now. A running stack uses it within a second', { type: 'given', ...given });
};

const adopt = async (project: string, print: Print, { yes }: TrustOptions): Promise<void> => {
  const folders = foldersOf(project);
  const question = `Everything in ${folders.root} will be used as yours, programs that its databases name among it. Is it yours?`;
  if (!yes && !(await askYes(harmless(question))))
    throw untrusted(`use the data in ${folders.root}`, ' --data, and answer y, or give --yes');
  claimFolders(folders, { adopt: true, report: (report) => print(harmless(wordsOf(report)), report) });
  print(harmless(`${folders.root} is yours from now on`), { type: 'adopted', folder: folders.root });
};
