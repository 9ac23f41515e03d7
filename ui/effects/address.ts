export type Address = { id: string | null; turn: number | null };

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/** `/s/<id>` is a session, `/s/<id>#turn-3` its third turn, all else the start. */
export const parseAddress = (pathname: string, hash: string): Address => {
  const id = /^\/s\/([^/]+)\/?$/.exec(pathname)?.[1];
  const turn = /^#turn-([1-9][0-9]*)$/.exec(hash)?.[1];
  return { id: id === undefined ? null : decode(id), turn: turn === undefined ? null : Number(turn) };
};

export const addressOf = (id: string | null): string => (id === null ? '/' : `/s/${encodeURIComponent(id)}`);
