export type Address =
  | { page: 'missing' }
  | { page: 'start'; tab: StartTab; name: string | null }
  | { page: 'session'; id: string; turn: number | null }
  | { page: 'run'; id: string; target: RunTarget | null }
  | { page: 'list'; list: 'sessions' | 'runs'; search: string }
  | { page: 'operate'; what: OperatePage; search: string; section: string | null };

/** The operator's pages. */
export const operatePages = ['inbox', 'schedules', 'usage', 'health', 'settings'] as const;
export type OperatePage = (typeof operatePages)[number];

/** A page that is neither a session nor a run, nor starts one. */
export type ViewAddress = Extract<Address, { page: 'list' | 'operate' }>;

/** What the start page starts. `name` is of a flow or a script. */
export type StartTab = 'session' | 'flow' | 'script';

/** A step of a run, one item of it, or a call of a script by its id. */
export type RunTarget = { step: string; index: number | null };

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

const targetOf = (hash: string): RunTarget | null => {
  const [, name, index] = /^#([^/]+)(?:\/(\d{1,9}))?$/.exec(hash) ?? [];
  const step = name === undefined ? null : decode(name);
  return step === null ? null : { step, index: index === undefined ? null : Number(index) };
};

/**
 * `/s/<id>#turn-3` is a turn of a session, `/r/<id>#<step>/<index>` a place in a run, `/#flow/<name>` and
 * `/#script/<name>` start one. `/sessions?status=failed` and `/runs` are lists with their filters; `/usage` and the like are the
 * operator's pages, `/settings#permissions` a section of one.
 */
export const parseAddress = (pathname: string, hash: string, search = ''): Address => {
  const name = /^\/([a-z]+)\/?$/.exec(pathname)?.[1];
  if (name === 'sessions' || name === 'runs') return { page: 'list', list: name, search };
  const what = operatePages.find((one) => one === name);
  if (what) return { page: 'operate', what, search, section: decode(hash.slice(1)) || null };
  const [, kind, encoded] = /^\/([sr])\/([^/]+)\/?$/.exec(pathname) ?? [];
  const id = encoded === undefined ? null : decode(encoded);
  if (id !== null && kind === 's') {
    const turn = /^#turn-([1-9][0-9]*)$/.exec(hash)?.[1];
    return { page: 'session', id, turn: turn === undefined ? null : Number(turn) };
  }
  if (id !== null && kind === 'r') return { page: 'run', id, target: targetOf(hash) };
  if (pathname !== '/' && pathname !== '/index.html') return { page: 'missing' };
  const [, tab, of] = /^#(flow|script)(?:\/(.+))?$/.exec(hash) ?? [];
  if (tab !== 'flow' && tab !== 'script') return { page: 'start', tab: 'session', name: null };
  return { page: 'start', tab, name: of ? decode(of) : null };
};

export const addressOf = (id: string | null): string => (id === null ? '/' : `/s/${encodeURIComponent(id)}`);

export const addressOfRun = (id: string, target: RunTarget | null = null): string => {
  const place = target ? `#${encodeURIComponent(target.step)}${target.index === null ? '' : `/${target.index}`}` : '';
  return `/r/${encodeURIComponent(id)}${place}`;
};

export const addressOfStart = (tab: StartTab, name: string | null): string =>
  tab === 'session' ? '/' : `/#${tab}${name ? `/${encodeURIComponent(name)}` : ''}`;
