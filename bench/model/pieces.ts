type Delta = Record<string, unknown>;

const event = (fields: object): string => {
  const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 0, model: 'bench' };
  return `data: ${JSON.stringify({ ...head, ...fields })}\n\n`;
};

const delta = (content: Delta, finish_reason: string | null = null): string =>
  event({ choices: [{ index: 0, delta: content, finish_reason }] });

/** The first piece of a reply: the reader of the stream takes the time of its sending from its text. */
export const timedPiece = (sentAt: number): string => delta({ content: `sent=${sentAt} ` });

const words: string[] = [];

/** Any other piece of a reply. Made once for each place, so that a stream costs little more than its writes. */
export const wordPiece = (index: number): string => {
  words[index] ??= delta({ content: `word ${index} ` });
  return words[index];
};

/** A call in the three pieces that providers send: its name, its arguments, its end. */
/** `limit` differs from call to call: agents are stopped that repeat one call. */
export const callPieces = (id: string, file: string, limit: number): string[] => [
  delta({
    role: 'assistant',
    tool_calls: [{ index: 0, id, type: 'function', function: { name: 'read_file', arguments: '' } }],
  }),
  delta({ tool_calls: [{ index: 0, function: { arguments: JSON.stringify({ path: file, limit }) } }] }),
];

export const endOf = (reason: 'stop' | 'tool_calls'): string =>
  [
    delta({}, reason),
    event({ choices: [], usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 } }),
    'data: [DONE]\n\n',
  ].join('');
