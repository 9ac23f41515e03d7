export type Address =
  | { page: 'start'; tab: 'session' | 'flow'; flow: string | null }
  | { page: 'session'; id: string; turn: number | null }
  | { page: 'run'; id: string; target: RunTarget | null };

/** A step of a run, or one item of it. */
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

/** `/s/<id>#turn-3` is a turn of a session, `/r/<id>#<step>/<index>` a place in a run, `/#flow/<name>` starts a flow. */
export const parseAddress = (pathname: string, hash: string): Address => {
  const [, kind, encoded] = /^\/([sr])\/([^/]+)\/?$/.exec(pathname) ?? [];
  const id = encoded === undefined ? null : decode(encoded);
  if (id !== null && kind === 's') {
    const turn = /^#turn-([1-9][0-9]*)$/.exec(hash)?.[1];
    return { page: 'session', id, turn: turn === undefined ? null : Number(turn) };
  }
  if (id !== null && kind === 'r') return { page: 'run', id, target: targetOf(hash) };
  const [, flow] = /^#flow(?:\/(.+))?$/.exec(hash) ?? [];
  return { page: 'start', tab: /^#flow(\/|$)/.test(hash) ? 'flow' : 'session', flow: flow ? decode(flow) : null };
};

export const addressOf = (id: string | null): string => (id === null ? '/' : `/s/${encodeURIComponent(id)}`);

export const addressOfRun = (id: string, target: RunTarget | null = null): string => {
  const place = target ? `#${encodeURIComponent(target.step)}${target.index === null ? '' : `/${target.index}`}` : '';
  return `/r/${encodeURIComponent(id)}${place}`;
};

export const addressOfFlow = (flow: string | null): string => `/#flow${flow ? `/${encodeURIComponent(flow)}` : ''}`;
