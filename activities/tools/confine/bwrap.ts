import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { droppedNames } from './capabilities.ts';
import { type Confinement, never, spawnProgram } from './confinement.ts';
import { checkProgram, systemProgram } from './find-program.ts';
import { createLife } from './namespace-life.ts';
import type { NamespaceOptions } from './namespaces.ts';

const coverOf = (path: string): string[] => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return [];
  return found.isDirectory() ? ['--tmpfs', path, '--remount-ro', path] : ['--ro-bind', '/dev/null', path];
};

/** Bubblewrap: where the kernel lets it, and not us, make namespaces. Throws a reason. */
export const openBwrap = ({ hidden, folders }: NamespaceOptions & { folders?: readonly string[] }): Confinement => {
  const bwrap = systemProgram('bwrap', folders);
  const env = systemProgram('env');
  if (bwrap === null || env === null) throw new Error('bwrap (bubblewrap) is not installed');
  const drops = process.getuid?.() === 0 ? droppedNames().flatMap((name) => ['--cap-drop', name]) : [];
  const same = ['--dev-bind', '/', '/', '--unshare-pid', '--proc', '/proc', '--die-with-parent', '--info-fd', '3'];
  return {
    kind: 'bwrap',
    words: 'commands run under bwrap: they see none of our processes, and none of theirs outlives them',
    endsAll: true,
    start: (program) => {
      checkProgram(program.argv[0], program.cwd, program.env);
      const life = createLife();
      const covers = hidden.flatMap(coverOf);
      // It sets PWD, which the command would not have without it.
      const argv = [
        ...same,
        ...drops,
        ...covers,
        '--chdir',
        program.cwd,
        '--',
        env,
        '-u',
        'PWD',
        '--',
        ...program.argv,
      ];
      const child = spawnProgram([bwrap, ...argv], program, ['pipe']);
      const info = child.stdio[3] as Readable | undefined;
      let text = '';
      info?.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        const pid = /"child-pid": *(\d+)/.exec(text)?.[1];
        if (pid !== undefined) life.is(Number(pid));
      });
      info?.on('error', () => undefined);
      const end = async () => {
        info?.destroy();
        await life.end();
        return [];
      };
      return { child, failed: never, end };
    },
  };
};
