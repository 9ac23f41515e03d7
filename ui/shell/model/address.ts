import { parsePlace, type SessionPlace, writePlace } from '../../session/model/place.ts';

export type Address =
  | { page: 'missing' }
  | { page: 'start'; tab: StartTab; name: string | null }
  | { page: 'session'; id: string; place: SessionPlace | null }
  | { page: 'run'; id: string; target: RunTarget | null };

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
 * `/s/<id>#turn-3` is a turn of a session, and so are its other places ({@link parsePlace}); `/r/<id>#<step>/<index>` a place in a run, `/#flow/<name>` and
 * `/#script/<name>` start one.
 */
export const parseAddress = (pathname: string, hash: string): Address => {
  const [, kind, encoded] = /^\/([sr])\/([^/]+)\/?$/.exec(pathname) ?? [];
  const id = encoded === undefined ? null : decode(encoded);
  if (id !== null && kind === 's') {
    return { page: 'session', id, place: parsePlace(hash.slice(1)) };
  }
  if (id !== null && kind === 'r') return { page: 'run', id, target: targetOf(hash) };
  if (pathname !== '/' && pathname !== '/index.html') return { page: 'missing' };
  const [, tab, name] = /^#(flow|script)(?:\/(.+))?$/.exec(hash) ?? [];
  if (tab !== 'flow' && tab !== 'script') return { page: 'start', tab: 'session', name: null };
  return { page: 'start', tab, name: name ? decode(name) : null };
};

export const addressOf = (id: string | null, place: SessionPlace | null = null): string =>
  id === null ? '/' : `/s/${encodeURIComponent(id)}${place ? `#${writePlace(place)}` : ''}`;

export const addressOfRun = (id: string, target: RunTarget | null = null): string => {
  const place = target ? `#${encodeURIComponent(target.step)}${target.index === null ? '' : `/${target.index}`}` : '';
  return `/r/${encodeURIComponent(id)}${place}`;
};

export const addressOfStart = (tab: StartTab, name: string | null): string =>
  tab === 'session' ? '/' : `/#${tab}${name ? `/${encodeURIComponent(name)}` : ''}`;
