import { statSync } from 'node:fs';

/** What `read` makes of a file, kept until the file changes. */
export const cachedByFile = <T>(read: (file: string) => T): ((file: string) => T) => {
  const kept = new Map<string, { stamp: string; value: T }>();
  return (file) => {
    const stamp = stampOf(file);
    const known = kept.get(file);
    if (stamp !== null && known?.stamp === stamp) return known.value;
    const value = read(file);
    if (stamp === null) kept.delete(file);
    else kept.set(file, { stamp, value });
    return value;
  };
};

const stampOf = (file: string): string | null => {
  try {
    const { mtimeNs, ctimeNs, size, ino } = statSync(file, { bigint: true });
    return [mtimeNs, ctimeNs, size, ino].join(' ');
  } catch {
    return null;
  }
};
