import { parsePlace, type SessionPlace, writePlace } from '../../session/model/place.ts';

export type Address =
  | { page: 'missing' }
  | { page: 'start'; tab: StartTab; name: string | null }
  | { page: 'session'; id: string; place: SessionPlace | null }
  /** `other` is the run it is compared with; null: not chosen yet. */
  | { page: 'run'; id: string; tab: RunTab; other: string | null; target: RunTarget | null }
  /** A workflow as Temporal knows it, with its machine. */
  | { page: 'workflow'; id: string }
  | { page: 'list'; list: 'sessions' | 'runs'; search: string }
  | { page: 'operate'; what: OperatePage; search: string; section: string | null };

/** The operator's pages. */
export const operatePages = ['inbox', 'schedules', 'usage', 'health', 'settings'] as const;
export type OperatePage = (typeof operatePages)[number];

/** A page that is neither a session nor a run, nor starts one. */
export type ViewAddress = Extract<Address, { page: 'list' | 'operate' }>;

/** What the start page starts. `name` is of a flow or a script. */
export type StartTab = 'session' | 'flow' | 'script';

export const runTabs = ['overview', 'timeline', 'graph', 'steps', 'result', 'compare'] as const;
export type RunTab = (typeof runTabs)[number];

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

/** `/r/<id>`, `/r/<id>/<tab>`, `/r/<id>/compare/<other>`; a place without a tab is one of the steps. */
const runOf = (pathname: string, hash: string): Address | null => {
  const [, encoded = '', tab, second] = /^\/r\/([^/]+)(?:\/([a-z]+)(?:\/([^/]+))?)?\/?$/.exec(pathname) ?? [];
  const id = decode(encoded);
  if (!id) return null;
  const target = targetOf(hash);
  const found = tab === undefined ? (target ? 'steps' : 'overview') : runTabs.find((one) => one === tab);
  if (found === undefined || (second !== undefined && found !== 'compare')) return null;
  return { page: 'run', id, tab: found, other: second === undefined ? null : decode(second), target };
};

/**
 * `/s/<id>#turn-3` is a turn of a session, and so are its other places ({@link parsePlace}),
 * `/r/<id>/<tab>#<step>/<index>` a place in a run, `/w/<id>` a workflow, `/#flow/<name>` and `/#script/<name>` start one.
 * `/sessions?status=failed` and `/runs` are lists with their filters; `/usage` and the like are the operator's pages,
 * `/settings#permissions` a section of one.
 */
export const parseAddress = (pathname: string, hash: string, search = ''): Address => {
  const name = /^\/([a-z]+)\/?$/.exec(pathname)?.[1];
  if (name === 'sessions' || name === 'runs') return { page: 'list', list: name, search };
  const what = operatePages.find((one) => one === name);
  if (what) return { page: 'operate', what, search, section: decode(hash.slice(1)) || null };
  const run = runOf(pathname, hash);
  if (run) return run;
  // An id of a workflow has slashes of its own, encoded or not.
  const workflow = decode(/^\/w\/(.+?)\/?$/.exec(pathname)?.[1] ?? '');
  if (workflow) return { page: 'workflow', id: workflow };
  const [, kind, encoded] = /^\/(s)\/([^/]+)\/?$/.exec(pathname) ?? [];
  const id = encoded === undefined ? null : decode(encoded);
  if (id !== null && kind === 's') {
    return { page: 'session', id, place: parsePlace(hash.slice(1)) };
  }
  if (pathname !== '/' && pathname !== '/index.html') return { page: 'missing' };
  const [, tab, of] = /^#(flow|script)(?:\/(.+))?$/.exec(hash) ?? [];
  if (tab !== 'flow' && tab !== 'script') return { page: 'start', tab: 'session', name: null };
  return { page: 'start', tab, name: of ? decode(of) : null };
};

export const addressOf = (id: string | null, place: SessionPlace | null = null): string =>
  id === null ? '/' : `/s/${encodeURIComponent(id)}${place ? `#${writePlace(place)}` : ''}`;

/** Without a tab a target is one of the steps. */
export const addressOfRun = (
  id: string,
  target: RunTarget | null = null,
  tab: RunTab = 'overview',
  other: string | null = null,
): string => {
  const place = target ? `#${encodeURIComponent(target.step)}${target.index === null ? '' : `/${target.index}`}` : '';
  const compared = tab === 'compare' && other !== null ? `/${encodeURIComponent(other)}` : '';
  return `/r/${encodeURIComponent(id)}${tab === 'overview' ? '' : `/${tab}`}${compared}${place}`;
};

export const addressOfWorkflow = (id: string): string => `/w/${encodeURIComponent(id)}`;

export const addressOfStart = (tab: StartTab, name: string | null): string =>
  tab === 'session' ? '/' : `/#${tab}${name ? `/${encodeURIComponent(name)}` : ''}`;
