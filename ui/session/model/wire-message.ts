type Fields = Record<string, unknown>;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textIn = (content: unknown): string => {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) => (isFields(part) && typeof part.text === 'string' ? part.text : '[image]'))
    .join(' ');
};

/** One line that says what a message of a request holds. */
export const messagePreview = (text: string): string => {
  const message = parse(text);
  if (!isFields(message)) return text.slice(0, 200);
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  const names = calls.flatMap((call: unknown) =>
    isFields(call) && isFields(call.function) && typeof call.function.name === 'string'
      ? [`→ ${call.function.name}`]
      : [],
  );
  return [textIn(message.content).slice(0, 200).replace(/\s+/g, ' ').trim(), ...names].filter(Boolean).join(' ');
};

/** Indented JSON. */
export const messageText = (text: string): string => {
  const message = parse(text);
  return message === undefined ? text : JSON.stringify(message, null, 2);
};

/** The whole body, indented; `head` is JSON up to the messages. */
export const bodyOf = (head: string, messages: readonly string[]): string =>
  messageText(`${head}${messages.join(',')}]}`);
