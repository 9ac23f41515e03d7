/** What is open at the end of a text of JSON: a string, objects and arrays. */
const openAt = (text: string): { inString: boolean; depth: number } => {
  let inString = false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString && character === '\\') at += 1;
    else if (character === '"') inString = !inString;
    else if (!inString && (character === '{' || character === '[')) depth += 1;
    else if (!inString && (character === '}' || character === ']')) depth -= 1;
  }
  return { inString, depth };
};

export const isJsonObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

/** Whether a text begins as a JSON object and ends before it does, as one does that was cut off. */
export const isCutJson = (text: string): boolean => {
  if (!text.trimStart().startsWith('{') || isJsonObject(text)) return false;
  const { inString, depth } = openAt(text);
  return inString || depth > 0;
};
