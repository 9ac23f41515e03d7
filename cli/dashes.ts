/** No one types it: it is before an argument that begins with a dash and a space, which is text, not an option. */
const guard = '\u2060';

export const protectDashes = (argv: readonly string[]): string[] =>
  argv.map((argument) => (/^-\s/.test(argument) ? `${guard}${argument}` : argument));

export const withoutGuard = (argument: string): string =>
  argument.startsWith(`${guard}-`) ? argument.slice(guard.length) : argument;
