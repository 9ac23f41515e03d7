const always = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TERM', 'TMPDIR', 'USER'];

/** What commands see: a few harmless variables and those that everturn.yaml names. Never a key by accident. */
export const commandEnv = (named: readonly string[], source: NodeJS.ProcessEnv = process.env): Record<string, string> =>
  Object.fromEntries(
    [...always, ...named].flatMap((name) => {
      const value = source[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
