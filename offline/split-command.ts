const word = /(?:[^\s"'\\]+|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/g;
const piece = /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"'\\]+)/g;

const needsShell = /[|&;<>$*?`]/;

/** A command line to argv, with quotes as a shell reads them; what only a shell can do goes to one. */
export const splitCommand = (line: string): string[] => {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '');
  if (needsShell.test(bare)) return ['sh', '-c', line];
  return (line.match(word) ?? []).map((each) =>
    each.replace(piece, (_, escaped?: string, double?: string, single?: string, plain?: string) =>
      double === undefined ? (escaped ?? single ?? plain ?? '') : double.replace(/\\(["\\])/g, '$1'),
    ),
  );
};
