import path from 'node:path';

/** From the working folder if the file is in it. */
export const near = (file: string): string => {
  const relative = path.relative('', file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
};
