/** Whether the query of an address says how a login ended. */
export const isAnswer = (given: URLSearchParams): boolean => given.has('code') || given.has('error');

/** The code that a login ended with. Throws for an answer of another attempt, and for a refusal. */
export const codeIn = (given: URLSearchParams, state: string): string => {
  if (given.get('state') !== state) throw new Error('the answer belongs to another attempt; try again');
  const code = given.get('code');
  if (code !== null) return code;
  const description = given.get('error_description');
  throw new Error(`it answered "${given.get('error')}"${description === null ? '' : `: ${description}`}`);
};

/** The answer in an address that a person copied from a browser on another machine; a text says what is wrong with it. */
const parsePasted = (text: string, callback: string, state: string): URLSearchParams | string => {
  // As terminals, mails and chats wrap it.
  const address = text.trim().replace(/^["'<]+|["'>]+$/g, '');
  const wanted = `Paste the whole address, which begins with ${callback}?`;
  if (!URL.canParse(address)) return `That is not an address. ${wanted}`;
  const { origin, pathname, searchParams } = new URL(address);
  if (`${origin}${pathname}` !== callback) return `That is another address. ${wanted}`;
  if (!isAnswer(searchParams)) return `That address has neither a code nor an error. ${wanted}`;
  if (searchParams.get('state') !== state)
    return 'That address belongs to another attempt. Open the address above, sign in, and paste the one where you end';
  return searchParams;
};

type Pasting = {
  /** What a person types or pastes, line by line. */
  lines: AsyncIterable<string>;
  callback: string;
  state: string;
  /** Says what is wrong with a line; the next one is waited for. */
  complain(why: string): void;
};

/** The first line that is an answer. Never settles where the lines end without one. */
export const pastedAnswer = async ({ lines, callback, state, complain }: Pasting): Promise<URLSearchParams> => {
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const parsed = parsePasted(line, callback, state);
    if (typeof parsed !== 'string') return parsed;
    complain(parsed);
  }
  return await new Promise<never>(() => undefined);
};
