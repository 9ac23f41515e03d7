import { createHash } from 'node:crypto';
import { serverSeparator } from '../../../contracts/mcp.ts';

/** As every provider takes them. */
const longest = 64;

const markOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 6);

/**
 * The names of a server's tools as models call them: `server__tool`, of letters, digits, `_` and `-`. What does not fit, or
 * would be equal to another, gets a mark made from its own name, so that names do not depend on the order of a list.
 */
export const toolNames = (server: string, own: readonly string[]): Map<string, string> => {
  const plain = (name: string): string => `${server}${serverSeparator}${name.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
  const isKept = (name: string): boolean => /^[A-Za-z0-9_-]+$/.test(name) && plain(name).length <= longest;
  const counts = new Map<string, number>();
  for (const name of new Set(own)) counts.set(plain(name), (counts.get(plain(name)) ?? 0) + 1);
  return new Map(
    own.map((name) => {
      const wanted = plain(name);
      const isOnly = counts.get(wanted) === 1 && wanted.length <= longest;
      return [name, isOnly || isKept(name) ? wanted : `${wanted.slice(0, longest - 7)}_${markOf(name)}`];
    }),
  );
};
