export const eyes = ['correctness', 'security', 'concurrency', 'simplicity', 'tests'] as const;
export type Eye = (typeof eyes)[number];

/** A mark in one line that is worth a second look. Its pattern is one that JavaScript and ripgrep read the same way. */
export type Smell = {
  eye: Eye;
  /** 0 low to 3 critical. */
  severity: number;
  title: string;
  why: string;
  pattern: RegExp;
  /** Where it counts; default: any source file. */
  where?: RegExp;
  /** A mark that is meant to stand in comments. */
  inComments?: boolean;
  /** A mark that matters in tests too. */
  inTests?: boolean;
};

const script = /\.[cm]?[jt]sx?$/;
const test = /(^|[/._-])(tests?|spec|__tests__)([/._-]|$)/i;
const source = /\.([cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|c|cc|cpp|h|swift|sh|sql|vue|svelte)$/;

export const isTest = (path: string): boolean => test.test(path);
export const isSource = (path: string): boolean => source.test(path) && !/\.(min|d)\.[cm]?[jt]s$/.test(path);

export const smells: readonly Smell[] = [
  {
    eye: 'security',
    severity: 3,
    title: 'SQL is built from strings',
    why: 'a value put into the text of a statement can change what it does; pass it as a parameter',
    pattern: /["'`](SELECT|INSERT INTO|UPDATE|DELETE FROM) .*(\$\{|["'`] *\+|%s)/,
  },
  {
    eye: 'security',
    severity: 3,
    title: 'Code is made from text',
    why: 'whoever supplies the text runs code',
    pattern: /\b(eval\(|new Function\()/,
  },
  {
    eye: 'security',
    severity: 2,
    title: 'A shell reads the command',
    why: 'a value in the command line can add commands; pass arguments as a list',
    pattern: /shell: *(true|True)|shell=True|\bexecSync\([`"']|os\.system\(/,
  },
  {
    eye: 'security',
    severity: 2,
    title: 'Text becomes HTML',
    why: 'text of a user or a model would run as markup',
    pattern: /\.(innerHTML|outerHTML) *=|unsafeHTML\(|dangerouslySetInnerHTML|insertAdjacentHTML\(/,
  },
  {
    eye: 'security',
    severity: 2,
    title: 'A secret may stand in the source',
    why: 'what is in the repository is known to all who can read it',
    pattern: /\b(password|passwd|secret|api_?[kK]ey|access_?[tT]oken) *[:=] *["'][^"'$ ]{8,}["']/,
  },
  {
    eye: 'security',
    severity: 2,
    title: 'A check of certificates or rights is switched off',
    why: 'the peer is no longer known, or everybody may write',
    pattern: /rejectUnauthorized: *false|verify=False|chmod(Sync)?\(.*0o?777\b|chmod 777|--no-sandbox/,
    inTests: true,
  },
  {
    eye: 'security',
    severity: 1,
    title: 'Math.random where something may depend on it',
    why: 'it can be guessed; use crypto for ids and tokens',
    pattern: /Math\.random\(\)/,
  },
  {
    eye: 'concurrency',
    severity: 2,
    title: 'forEach does not wait for an async function',
    why: 'its promises float: errors are lost and the order is open',
    pattern: /\.forEach\( *async\b/,
    inTests: true,
  },
  {
    eye: 'concurrency',
    severity: 1,
    title: 'Waits for a time, not for a condition',
    why: 'too short on a slow machine, too long on a fast one',
    pattern: /await (delay|sleep|setTimeout|wait)\( *[\d_]+|time\.sleep\(|resolve, *[\d_]+\)/,
    inTests: true,
  },
  {
    eye: 'concurrency',
    severity: 2,
    title: 'A clock or chance in workflow code',
    why: 'a replay gives another value',
    pattern: /Date\.now\(\)|new Date\(\)|Math\.random\(\)|performance\.now\(\)/,
    where: /(^|\/)workflows?\//,
  },
  {
    eye: 'concurrency',
    severity: 0,
    title: 'All at once, without a bound',
    why: 'with many items it takes every connection or file handle there is',
    pattern: /Promise\.all\(.*\.map\(/,
  },
  {
    eye: 'concurrency',
    severity: 1,
    title: 'A file is written in place',
    why: 'a crash in the middle leaves half of it; write beside it and rename',
    pattern: /\bwriteFileSync\(/,
  },
  {
    eye: 'correctness',
    severity: 2,
    title: 'An error is swallowed',
    why: 'what failed is not seen by anybody',
    pattern: /catch *(\([^)]*\))? *\{ *\}|\.catch\( *\(\w*\) *=> *\{ *\} *\)|except[^:]*: *pass/,
  },
  {
    eye: 'correctness',
    severity: 1,
    title: 'Any error counts as nothing there',
    why: 'a missing right or a broken connection looks the same as absence',
    pattern: /\.catch\( *\(\w*\) *=> *(undefined|null|void 0|\[\]|false) *\)/,
  },
  {
    eye: 'correctness',
    severity: 1,
    title: 'The type is waved through',
    why: 'the compiler no longer checks what follows',
    pattern: /\bas any\b|: any( =|[;,)=]|\[)|<any>|\bas unknown as /,
    where: script,
    inTests: true,
  },
  {
    eye: 'correctness',
    severity: 1,
    title: 'Loose comparison',
    why: 'it converts its operands first',
    pattern: /[^=!<>] (==|!=) [^=n]/,
    where: script,
  },
  {
    eye: 'correctness',
    severity: 1,
    title: 'parseInt without a radix',
    why: 'say 10, or use Number, so that it is plain what is read',
    pattern: /parseInt\([^,()]+\)/,
    where: script,
  },
  {
    eye: 'correctness',
    severity: 1,
    title: 'A promise may not be awaited',
    why: 'the name of the call suggests a promise and nothing waits for it',
    pattern: /^ *[\w.]+\.(save|flush|commit|rollback|writeFile|unlink|rm|mkdir)\([^=]*\);$/,
    where: script,
    inTests: true,
  },
  {
    eye: 'correctness',
    severity: 0,
    title: 'Left to be done',
    why: 'the author says that it is not finished',
    pattern: /(\/\/|#|\*|--) *(TODO|FIXME|XXX|HACK)\b/,
    inComments: true,
    inTests: true,
  },
  {
    eye: 'simplicity',
    severity: 0,
    title: 'Writes to the console',
    why: 'output for debugging, or a message that belongs in the log',
    pattern: /\bconsole\.(log|debug)\(|^ *print\(/,
  },
  {
    eye: 'simplicity',
    severity: 0,
    title: 'A check of the code is switched off',
    why: 'see whether the reason that is given still holds',
    pattern: /(eslint-disable|biome-ignore|noqa|@ts-(expect-error|ignore|nocheck))/,
    inComments: true,
    inTests: true,
  },
  {
    eye: 'simplicity',
    severity: 0,
    title: 'Code in a comment',
    why: 'the history keeps it; the reader need not',
    pattern: /^ *\/\/ *(const|let|var|return|await|if \(|import) .*[;{]$/,
    inComments: true,
  },
  {
    eye: 'simplicity',
    severity: 0,
    title: 'A very long line',
    why: 'it does more than a reader can take in at once',
    pattern: /^.{161}/,
    where: source,
  },
  {
    eye: 'simplicity',
    severity: 0,
    title: 'Deeply nested',
    why: 'indented by 28 columns: a part of it wants a name',
    pattern: /^( {28}|\t{7})[A-Za-z(]/,
    where: source,
  },
  {
    eye: 'simplicity',
    severity: 0,
    title: 'Many parameters',
    why: 'six or more in a row are easily confused; name them in an object',
    pattern: /(function \w*|=|^ *(async )?\w+) *\((\w+\??: [^,()]+, ){5,}/,
    where: script,
  },
  {
    eye: 'tests',
    severity: 3,
    title: 'Only this test runs',
    why: 'all others of the file are left out without a word',
    pattern: /\b(it|test|describe)\.only\(|\bfit\(|\bfdescribe\(/,
    inTests: true,
  },
  {
    eye: 'tests',
    severity: 1,
    title: 'A test is left out',
    why: 'it proves nothing until somebody turns it on again',
    pattern: /\b(it|test|describe)\.(skip|todo)\(|@pytest\.mark\.skip/,
    inTests: true,
  },
  {
    eye: 'tests',
    severity: 0,
    title: 'A weak expectation',
    why: 'many wrong values would pass as well',
    pattern: /\.(toBeTruthy|toBeDefined|toBeFalsy)\(\)|\.not\.toThrow\(\)|expect\(true\)/,
    where: test,
    inTests: true,
  },
];

const isComment = (text: string): boolean => /^\s*(\/\/|\/?\*|#|--|<!--)/.test(text);

const withoutPatterns = (text: string): string =>
  text.replace(/(^|[=(:,\s])\/(?![/*\s])(?:[^/\\\n[]|\\.|\[(?:[^\]\\]|\\.)*\])+\/[dgimsuvy]*/g, '$1//');

const withoutStrings = (text: string): string => text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');

/** A mark that is made of quotes cannot be looked for without them. */
const needsStrings = ({ pattern }: Smell): boolean => /["'`]/.test(pattern.source);
const isAboutLength = ({ pattern }: Smell): boolean => pattern.source.startsWith('^.{');

/** Why the mark does not count in that line; null when it does. */
export const excuseFor = (smell: Smell, path: string, text: string): string | null => {
  if (!smell.inComments && isComment(text)) return 'it stands in a comment';
  if (smell.eye !== 'tests' && !smell.inTests && isTest(path)) return 'it stands in a test';
  const cleaned = withoutPatterns(text);
  if (isAboutLength(smell))
    return smell.pattern.test(withoutStrings(cleaned)) ? null : 'most of it is a text in quotes';
  if (!smell.pattern.test(needsStrings(smell) ? cleaned : withoutStrings(cleaned))) {
    return 'it stands in a string or a pattern';
  }
  return null;
};

/** The marks in a line of a file; what does not count there is left to a second look. */
export const smellsIn = (path: string, text: string, wanted: ReadonlySet<Eye>): Smell[] => {
  if (!isSource(path)) return [];
  return smells.filter(
    ({ eye, pattern, where }) => wanted.has(eye) && (where?.test(path) ?? true) && pattern.test(text),
  );
};

const names: Record<Eye, RegExp> = {
  correctness: /\bcorrect(ness)?\b|\bbugs?\b|\blogic\b/i,
  security: /\bsecur(e|ity)\b|\bvulnerab|\binjection\b/i,
  concurrency: /\bconcurren|\bdurab|\braces?\b|\bdeadlock/i,
  simplicity: /\bsimpl(e|icity|er)\b|\breadab|\bstyle\b|\bmaintain/i,
  tests: /\btests?\b|\bcoverage\b/i,
};

/** The eyes that a text names; all of them when it names none. */
export const eyesIn = (text: string): Set<Eye> => {
  const named = eyes.filter((eye) => names[eye].test(text));
  return new Set(named.length > 0 ? named : eyes);
};
