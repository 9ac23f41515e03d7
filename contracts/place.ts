/** Streams that one request follows. Their names are in its address, which has to stay under 16 KiB. */
export const maxFollowed = 200;

/** A stream, and the position after which to continue; `undefined`: from a snapshot. */
export type StreamPlace = { stream: string; after: number | undefined };

/** As `GET /api/events` is asked for it: `session/ID`, `run/ID@POSITION`. */
export const placeText = ({ stream, after }: StreamPlace): string =>
  after === undefined ? stream : `${stream}@${after}`;

export const placeOf = (text: string): StreamPlace => {
  const [stream = '', after] = text.split('@');
  return { stream, after: after === undefined ? undefined : Number(after) };
};
