/** What the bench's model shall do in one turn; it stands in the text of the message, so the model keeps no state. */
export type Plan = {
  /** Tells the turn's requests apart in the model's log; none is kept without it. */
  id?: string;
  /** Tool calls, one in each request, before the reply. */
  calls: number;
  file: string;
  /** Milliseconds from a request to the first piece of its answer. */
  first: number;
  /** Pieces of text in the reply, and the pause between them in milliseconds. */
  pieces: number;
  every: number;
  /** The request of the turn, counted from 1, whose stream stops after its first piece, the first time it is made. */
  hold: number;
};

const standard: Plan = { calls: 1, file: 'small.txt', first: 0, pieces: 8, every: 0, hold: 0 };
const mark = 'bench-plan';

/** `filler` only makes the message long. */
export const planText = (plan: Partial<Plan> = {}, filler = ''): string =>
  [[mark, ...Object.entries({ ...standard, ...plan }).map(([name, value]) => `${name}=${value}`)].join(' '), filler]
    .filter(Boolean)
    .join('\n');

export type Asked = {
  plan: Plan /** Results that the turn has so far: one for each request before. */;
  results: number;
};

const userStart = '{"role":"user","content":"';
const toolStart = '{"role":"tool",';
const planBytes = 200;

/**
 * Reads from a request's bytes, without parsing them: of the model's time nothing should depend on the length of the
 * history. Quotes within contents are escaped, so the starts of messages cannot be mistaken.
 */
export const readRequest = (body: Buffer): Asked => {
  const user = body.lastIndexOf(userStart);
  const text = body.toString('latin1', user + userStart.length, user + userStart.length + planBytes);
  const line = /^[^"\\]*/.exec(text)?.[0] ?? '';
  if (user < 0 || !line.startsWith(mark)) throw new Error(`The request's last message is no plan: ${line}`);
  const given = Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
  let results = 0;
  for (let at = body.indexOf(toolStart, user); at >= 0; at = body.indexOf(toolStart, at + 1)) results += 1;
  return {
    plan: {
      ...(given.id === undefined ? {} : { id: given.id }),
      file: given.file ?? standard.file,
      calls: Number(given.calls),
      first: Number(given.first),
      pieces: Number(given.pieces),
      every: Number(given.every),
      hold: Number(given.hold),
    },
    results,
  };
};
