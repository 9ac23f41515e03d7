/** What stands before the place, and there. */
const signs: [before: RegExp, here: RegExp][] = [
  // const x: string, f(a: string), f(): string, { a?: string }
  [/[\w$)\]}?]\s*$/, /^:\s*[A-Za-z{[('"]/],
  // f(a?: string)
  [/[\w$]$/, /^\?\s*[:,)]/],
  // type X =, declare const x
  [/(?:^|[\s;}])(?:type|namespace|declare|abstract|readonly)\s+$/, /^[\w$]/],
  // x!.y
  [/[\w$)\]]$/, /^!\s*[.)[;,]/],
  // function f<T>(x)
  [/\bfunction\s*[\w$]*\s*$/, /^</],
  // new Map<string, number>()
  [/<[\w\s,|[\]<>]*$/, /^>+\s*\(/],
  // x as string
  [/[\w$)\]}'"`]\s+$/, /^(?:as|satisfies)\s+[\w{[]/],
  // words that are reserved
  [/(?:^|[\s;{}(])$/, /^(?:enum|interface|type|namespace|private|public|protected)\s+[\w$]/],
];

/** Whether what the parser stumbled over is a type: a guess from the text around it. */
export const looksTyped = (source: string, offset: number): boolean => {
  const line = source.slice(Math.max(source.lastIndexOf('\n', offset - 1) + 1, offset - 200), offset);
  const rest = source.slice(offset, offset + 200);
  return signs.some(([before, here]) => before.test(line) && here.test(rest));
};
