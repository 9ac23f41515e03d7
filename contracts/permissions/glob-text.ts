const maxAlternatives = 64;

/** `a{b,c}` as `ab` and `ac`; not nested. */
export const alternatives = (glob: string): string[] => {
  const found = /^(.*?)\{([^{}]*)\}(.*)$/s.exec(glob);
  if (!found) return [glob];
  const [, before = '', inner = '', after = ''] = found;
  const rest = alternatives(after);
  return inner.split(',').flatMap((one) => rest.map((end) => `${before}${one}${end}`));
};

export const globFault = (glob: string): string | null => {
  if (glob.includes('\0')) return 'it has a NUL character';
  if (/[[\]]/.test(glob)) return 'character classes such as [ab] are not supported; write {a,b}';
  if (/[{}]/.test(glob.replaceAll(/\{[^{}]*\}/g, ''))) return 'its braces do not match, or are nested';
  if (glob.startsWith('!')) return 'a glob cannot be turned around with !; write a rule with another decision';
  if (glob.split('/').includes('..')) return 'it is matched with real paths, which have no ".."';
  const counts = [...glob.matchAll(/\{([^{}]*)\}/g)].map(([, inner = '']) => inner.split(',').length);
  if (counts.reduce((all, one) => all * one, 1) > maxAlternatives)
    return `it has more than ${maxAlternatives} alternatives`;
  return null;
};
