/** Where to cut so that no pair of surrogates is torn. */
const cutAt = (text: string, limit: number): number => {
  const before = text.charCodeAt(limit - 1);
  return before >= 0xd800 && before <= 0xdbff ? limit - 1 : limit;
};

/**
 * Removes pieces from the front, `limit` characters at most, and returns them. A piece that does not fit is cut in two;
 * `rest` gives the second half its fields.
 */
export const takeFront = <Piece extends { text: string }>(
  pieces: Piece[],
  limit: number,
  rest: (piece: Piece) => Piece,
): Piece[] => {
  let count = 0;
  let room = limit;
  for (const { text } of pieces) {
    if (text.length > room) break;
    room -= text.length;
    count += 1;
  }
  const taken = pieces.splice(0, count);
  const [next] = pieces;
  if (!next || room === 0) return taken;
  const at = cutAt(next.text, room);
  pieces[0] = { ...rest(next), text: next.text.slice(at) };
  return [...taken, { ...next, text: next.text.slice(0, at) }];
};
