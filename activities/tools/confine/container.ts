import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { ContainerCommand } from '../../../contracts/config/commands.ts';
import { endWithUs } from '../../../files/reaper.ts';
import { type Confinement, never, type Program, spawnProgram } from './confinement.ts';

const endMs = 30_000;

/** `{env}` alone stands for `--env NAME` of each variable: values do not belong on a command line, which all can read. */
const fill = (template: readonly string[], { workspace, cwd, env }: Program, name: string): string[] =>
  template.flatMap((word) => {
    if (word === '{env}') return Object.keys(env).flatMap((variable) => ['--env', variable]);
    const places: Record<string, string> = { workspace, cwd, name };
    return [word.replaceAll(/\{(workspace|cwd|name)\}/g, (_whole, key: string) => places[key] ?? '')];
  });

/** The user's own command line around each command. */
export const openContainer = ({ run, end }: ContainerCommand): Confinement => ({
  kind: 'container',
  words: `commands run by "${run.join(' ')}"`,
  endsAll: end !== undefined,
  start: (program) => {
    const name = `everturn-${randomUUID()}`;
    const [file = '', ...args] = fill(run, program, name);
    const child = spawnProgram([file, ...args, ...program.argv], program);
    const callOff = child.pid === undefined ? null : endWithUs({ pid: child.pid, isGroup: true });
    return {
      child,
      failed: never,
      end: async () => {
        callOff?.();
        const [ender, ...rest] = end ? fill(end, program, name) : [];
        if (ender === undefined) return [];
        const options = { cwd: program.cwd, env: program.env, timeout: endMs };
        // It fails where the container has ended by itself.
        await promisify(execFile)(ender, rest, options).catch(() => undefined);
        return [];
      },
    };
  },
});
