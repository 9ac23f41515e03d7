import { realpathSync } from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError } from 'commander';
import type { ApiClient } from '../../client/api.ts';
import type { CreateSession, Health, Session } from '../../contracts/api.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { ChangeMode } from '../../contracts/file-changes.ts';
import { permissions, type ToolPermission } from '../../contracts/tools.ts';
import type { SessionView } from '../../contracts/view.ts';
import { type BudgetOptions, budgetOf } from '../runs/budget.ts';

export type SessionOptions = BudgetOptions & {
  new?: boolean;
  session?: string;
  workspace?: string;
  allow?: ToolPermission[];
  title?: string;
  agent?: string;
  changes?: ChangeMode;
};

/** `view` is as it was when the session was picked; null for a new one. */
export type Picked = { session: Session; how: 'new' | 'given' | 'last'; view: SessionView | null };

/** Pages of sessions that are looked through for the last one of a folder. */
const pagesLooked = 5;

const absolute = (folder: string): string => {
  const resolved = path.resolve(folder);
  try {
    return realpathSync(resolved);
  } catch {
    // The API may run elsewhere; it says what is wrong with the folder.
    return resolved;
  }
};

const lastIn = async (api: ApiClient, fits: (session: Session) => boolean): Promise<Session | null> => {
  let cursor: string | null = null;
  for (let page = 0; page < pagesLooked; page++) {
    const { sessions, nextCursor } = await api.listSessions({ limit: 200, ...(cursor === null ? {} : { cursor }) });
    const found = sessions.find(fits);
    if (found || nextCursor === null) return found ?? null;
    cursor = nextCursor;
  }
  return null;
};

const isWithin = (folder: string, parent: string): boolean =>
  folder === parent || folder.startsWith(`${parent}${path.sep}`);

const atStartOptions = [
  ['allow', '--allow'],
  ['title', '--title'],
  ['agent', '--agent'],
  ['changes', '--changes'],
  ['budgetTokens', '--budget-tokens'],
  ['budgetDollars', '--budget-dollars'],
] as const;

const checkOptions = ({ new: isNew, session, workspace, ...atStart }: SessionOptions): void => {
  if (session !== undefined && (isNew || workspace !== undefined)) {
    const other = isNew ? '--new' : '--workspace';
    throw new EverturnError(
      'bad_request',
      `Cannot use --session and ${other} together: a session exists, with its workspace. Leave one out`,
    );
  }
  const given = atStartOptions.find(([option]) => atStart[option] !== undefined)?.[1];
  if (!isNew && given !== undefined) {
    throw new EverturnError(
      'bad_request',
      `Cannot use ${given} with a session that exists: it is given at its start. Add --new`,
    );
  }
};

/**
 * The session that was named, a new one, or the one used last: in `workspace` where that is given, otherwise in the folder
 * of the stack or below. If there is none yet, a new one.
 */
export const pickSession = async (api: ApiClient, health: Health, options: SessionOptions): Promise<Picked> => {
  checkOptions(options);
  const workspace = options.workspace === undefined ? undefined : absolute(options.workspace);
  if (options.session !== undefined) return await open(api, options.session, 'given');
  if (!options.new) {
    const project = absolute(health.workspace);
    const last = await lastIn(api, (session) =>
      workspace === undefined ? isWithin(session.workspace, project) : session.workspace === workspace,
    );
    if (last) return await open(api, last.id, 'last');
  }
  const { allow, title, agent, changes } = options;
  const { budget } = budgetOf(options);
  const body: CreateSession = {
    ...(workspace === undefined ? {} : { workspace }),
    ...(allow === undefined ? {} : { allow }),
    ...(title === undefined ? {} : { title }),
    ...(agent === undefined ? {} : { agent }),
    ...(changes === undefined ? {} : { changeMode: changes }),
    ...(budget === undefined ? {} : { budget: { session: budget } }),
  };
  return { session: await api.createSession(body), how: 'new', view: null };
};

const open = async (api: ApiClient, id: string, how: Picked['how']): Promise<Picked> => {
  const { session, view } = await api.getSession(id);
  return { session, how, view };
};

/** For commander: `write,run`. */
export const parseAllow = (value: string): ToolPermission[] =>
  value.split(',').map((name) => {
    const known = permissions.find((permission) => permission === name.trim());
    if (!known) throw new InvalidArgumentError(`"${name}" is not one of ${permissions.join(', ')}.`);
    return known;
  });
