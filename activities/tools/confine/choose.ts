import { readlinkSync } from 'node:fs';
import type { CommandSandbox, SandboxKind } from '../../../contracts/config/commands.ts';
import { EverturnError } from '../../../contracts/errors.ts';
import { openBwrap } from './bwrap.ts';
import { openCapabilities } from './capabilities.ts';
import type { Groups } from './cgroup.ts';
import type { Confinement } from './confinement.ts';
import { openContainer } from './container.ts';
import { openNamespaces } from './namespaces.ts';
import { openUnconfined } from './tracked.ts';

export type ConfineOptions = {
  sandbox: CommandSandbox;
  /** Files and folders that commands see empty, where the mechanism can do that. */
  hidden: readonly string[];
  groups: Groups | null;
};

/** What was tried before, and why it is not used. */
export type Passed = { kind: SandboxKind; reason: string };
export type Chosen = { confinement: Confinement; passed: Passed[] };

type Tried = Exclude<SandboxKind, 'container'>;

/** From the strongest on. */
const order = ['namespaces', 'bwrap', 'capabilities', 'none'] as const satisfies readonly Tried[];

const openers: Record<Tried, (options: ConfineOptions) => Confinement> = {
  namespaces: openNamespaces,
  bwrap: openBwrap,
  capabilities: ({ groups }) => openCapabilities(groups),
  none: ({ groups }) => openUnconfined(groups),
};

/** Throws the reason why commands cannot be confined in this way here. */
export const openConfinement = async (kind: Tried, options: ConfineOptions): Promise<Confinement> => {
  const confinement = openers[kind](options);
  if (kind !== 'none') await probe(confinement);
  return confinement;
};

/**
 * The strongest confinement that works here, or the one that everturn.yaml names. Throws `config_invalid` when that one
 * does not work.
 */
export const chooseConfinement = async (options: ConfineOptions): Promise<Chosen> => {
  const { sandbox } = options;
  if (typeof sandbox !== 'string') return { confinement: openContainer(sandbox), passed: [] };
  if (sandbox !== 'auto') {
    const confinement = await openConfinement(sandbox, options).catch((cause: Error) => {
      const words = `Cannot confine commands by "${sandbox}", as commands.sandbox asks: ${cause.message}. Install what is missing, or set commands.sandbox to auto`;
      throw new EverturnError('config_invalid', words, { cause });
    });
    return { confinement, passed: [] };
  }
  const passed: Passed[] = [];
  for (const kind of order) {
    try {
      return { confinement: await openConfinement(kind, options), passed };
    } catch (error) {
      passed.push({ kind, reason: (error as Error).message });
    }
  }
  throw new Error('"none" always works');
};

const probeMs = 10_000;

/** Runs where it must see another PID namespace, or must not see our environment. */
const probeScript = `
if [ "$1" = capabilities ]; then cat "/proc/$2/environ" >/dev/null 2>&1 && exit 9
else [ "$(readlink /proc/self/ns/pid)" = "$2" ] && exit 9
fi
exit 42`;

const probe = async (confinement: Confinement): Promise<void> => {
  const { kind } = confinement;
  const ours = kind === 'capabilities' ? String(process.pid) : readlinkSync('/proc/self/ns/pid');
  const started = confinement.start({
    argv: ['sh', '-c', probeScript, 'sh', kind, ours],
    cwd: '/',
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
    workspace: '/',
  });
  const { child } = started;
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  child.stdout?.resume();
  const timer = setTimeout(() => child.kill('SIGKILL'), probeMs);
  try {
    const exit = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => resolve(code));
    });
    const code = await Promise.race([exit, started.failed]);
    if (code === 42) return;
    const why = code === 9 ? 'it hides nothing here' : complaint.trim().split('\n')[0] || `a trial ended with ${code}`;
    throw new Error(why);
  } finally {
    clearTimeout(timer);
    await started.end();
  }
};
