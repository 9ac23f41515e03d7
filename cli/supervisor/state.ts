import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { EverturnError } from '../../contracts/errors.ts';
import { readOwnFile } from '../../files/own-file.ts';
import { lockHolder } from '../../runtime/lock.ts';
import { foldersOf } from './folders.ts';
import { readToken } from './token.ts';

const Identity = z.object({ pid: z.int().positive(), startedAt: z.string() });

/** A process that the supervisor started. `workerId` only for workers. */
const StackProcess = Identity.extend({ name: z.string(), workerId: z.string().nullable() });
export type StackProcess = z.infer<typeof StackProcess>;

const Ports = z.object({
  api: z.int().optional(),
  postgres: z.int().optional(),
  temporal: z.int().optional(),
  temporalUi: z.int().optional(),
  offlineModel: z.int().optional(),
});
export type Ports = z.infer<typeof Ports>;

/** Commands send the token there. */
const onThisMachine = z.url({ protocol: /^http$/, hostname: /^127\.0\.0\.1$/ });

/** `.everturn/run/state.json`: what runs, for other commands and for the start after an unclean stop. */
export const StackState = z.object({
  supervisor: Identity.nullable(),
  /** Null until everything is up. */
  readyAt: z.iso.datetime().nullable(),
  processes: z.array(StackProcess),
  /** Kept when the stack is down, so that the next start takes the same ones. */
  ports: Ports,
  apiUrl: onThisMachine.nullable(),
  temporalAddress: z.string().nullable(),
  temporalUiUrl: z.url().nullable(),
  /** When everturn.yaml was read again last while the stack runs, why it is not used, and what waits for a restart. */
  config: z
    .object({ at: z.iso.datetime(), fault: z.string().nullable(), needsRestart: z.array(z.string()) })
    .nullable()
    .default(null),
});
export type StackState = z.infer<typeof StackState>;

export const emptyState: StackState = {
  supervisor: null,
  readyAt: null,
  processes: [],
  ports: {},
  apiUrl: null,
  temporalAddress: null,
  temporalUiUrl: null,
  config: null,
};

/** The empty state when there is none, none that can be read, or one that another user could have written. */
export const readState = (file: string): StackState => {
  try {
    const own = readOwnFile(file);
    return 'text' in own ? StackState.parse(JSON.parse(own.text)) : emptyState;
  } catch {
    return emptyState;
  }
};

export const writeState = (file: string, state: StackState): void => {
  // Not through an existing link.
  rmSync(`${file}.unfinished`, { force: true });
  writeFileSync(`${file}.unfinished`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(`${file}.unfinished`, file);
};

/** What a command needs to talk to a running stack. */
export type RunningStack = {
  supervisorPid: number;
  apiUrl: string;
  token: string;
  /** Holds the token in its fragment. */
  consoleUrl: string;
  temporalUiUrl: string | null;
};

/** Null while nothing runs for this project, or it is not ready yet. */
export const findRunning = (project: string): RunningStack | null => {
  const folders = foldersOf(project);
  // First: where it is not ours, nothing else of the folder is read.
  const token = readToken(folders);
  if (token === null) return null;
  const holder = lockHolder(folders.lock);
  const state = readState(folders.state);
  const { apiUrl, readyAt, temporalUiUrl } = state;
  if (!holder || state.supervisor?.pid !== holder.pid || readyAt === null || apiUrl === null) {
    return null;
  }
  return { supervisorPid: holder.pid, apiUrl, token, consoleUrl: `${apiUrl}/#token=${token}`, temporalUiUrl };
};

/** Throws `not_running`. */
export const requireRunning = (project: string): RunningStack => {
  const running = findRunning(project);
  if (running) return running;
  throw new EverturnError(
    'not_running',
    `Cannot reach the stack of ${project}: it does not run. Start it with "npx everturn up"`,
  );
};
