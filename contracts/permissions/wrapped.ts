/**
 * By program that runs the one its arguments name: the letters of its options that take a value. What it runs begins
 * behind its options, numbers and assignments.
 */
const wrappers: Readonly<Record<string, string>> = {
  env: 'uCS',
  sudo: 'ugpChrtUDRT',
  doas: 'uC',
  nice: 'n',
  ionice: 'cnp',
  nohup: '',
  time: 'fo',
  timeout: 'sk',
  setsid: '',
  stdbuf: 'ioe',
  xargs: 'InPLdsEaR',
  watch: 'n',
  exec: 'a',
  command: '',
  parallel: 'jIna',
  busybox: '',
  npx: 'pcw',
  bunx: '',
  uvx: 'pw',
  strace: 'eopsuE',
  caffeinate: 'tw',
};

/** Programs of which one word says that they run another. */
const runWords: Readonly<Record<string, readonly string[]>> = {
  uv: ['run', 'tool'],
  poetry: ['run'],
  pipenv: ['run'],
  pdm: ['run'],
  hatch: ['run'],
  rye: ['run'],
  conda: ['run'],
  mise: ['exec', 'x'],
  bundle: ['exec'],
  npm: ['exec', 'x'],
  pnpm: ['exec', 'dlx'],
  yarn: ['exec', 'dlx'],
  bun: ['x'],
};

const isSkipped = (word: string): boolean => /^(-|\d[\d.]*[smhd]?$|[A-Za-z_]\w*=)/.test(word);

const startOf = (words: readonly string[]): number | null => {
  const [program = '', second = ''] = words;
  const isTwo = runWords[program]?.includes(second) === true;
  const letters = isTwo ? '' : wrappers[program];
  if (letters === undefined) return null;
  let at = isTwo ? 2 : 1;
  while (at < words.length && isSkipped(words[at] ?? '')) {
    const word = words[at] ?? '';
    at += /^-[A-Za-z]$/.test(word) && letters.includes(word.slice(1)) ? 2 : 1;
  }
  return Math.min(at, words.length);
};

const deepest = 10;

/** How many words come before the program that runs in the end; 0 for most. All of them, where none is named. */
export const wrappedAt = (words: readonly string[]): number => {
  let at = 0;
  for (let depth = 0; depth < deepest; depth += 1) {
    const more = startOf(words.slice(at));
    if (more === null) return at;
    at += more;
  }
  return words.length;
};
