/** A line of a chat: a message, or a command of the chat. */
export type ChatLine =
  | { kind: 'message' | 'unknown' | 'compact' | 'attach'; text: string }
  | { kind: 'quit' | 'cancel' | 'queue' | 'context' | 'help' };

const bare = {
  quit: 'quit',
  exit: 'quit',
  cancel: 'cancel',
  queue: 'queue',
  context: 'context',
  help: 'help',
} as const;
const isBare = (word: string): word is keyof typeof bare => word in bare;

/** Null for an empty line. `unknown`: a single word after a slash that is not a command. */
export const parseChatLine = (line: string): ChatLine | null => {
  const text = line.trim();
  if (text === '') return null;
  const [, word = '', rest = ''] = /^\/(\w*)(?:\s+([\s\S]*))?$/.exec(text) ?? [];
  if (word === 'compact' || word === 'attach') return { kind: word, text: rest };
  if (isBare(word) && rest === '') return { kind: bare[word] };
  return { kind: /^\/\w*$/.test(text) ? 'unknown' : 'message', text: line };
};
