const plain = (host: string): string => host.toLowerCase().replace(/\.+$/, '');

/** `isBroad`: hosts below it too, for rules that forbid. */
export const matchesHost = (pattern: string, host: string, isBroad: boolean): boolean => {
  const [wanted, given] = [plain(pattern), plain(host)];
  if (wanted.startsWith('*.')) return given.endsWith(wanted.slice(1)) || (isBroad && given === wanted.slice(2));
  return given === wanted || (isBroad && given.endsWith(`.${wanted}`));
};
