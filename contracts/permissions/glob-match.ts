import { compilePattern, type Pattern } from '../pattern.ts';
import { alternatives } from './glob-text.ts';

/** `base`: what relative globs begin at. */
export type GlobPlaces = { workspace: string; home: string | null };

const literal = (text: string): string => text.replaceAll(/[.+^$()|\\[\]{}]/g, '\\$&');
/** Of a folder that is there, whose name may have any character. */
const exact = (text: string): string => literal(text).replaceAll(/[*?]/g, '\\$&');

/** A path may hold line breaks, and never a NUL. */
const anything = '[^\\x00]*';

const toSource = (glob: string): string =>
  glob
    .split('/')
    .map((part, index, parts) => {
      const isLast = index === parts.length - 1;
      if (part === '**') return isLast ? anything : '(?:[^/]*/)*';
      const source = literal(part).replaceAll(/\*+/g, '[^/]*').replaceAll('?', '[^/]');
      return isLast ? source : `${source}/`;
    })
    .join('');

/** A glob without a slash matches the name at every depth of the workspace; others begin at the workspace, `/` or `~/`. */
const absolute = (glob: string, { workspace, home }: GlobPlaces): { root: string; rest: string } | null => {
  const trimmed = glob.replace(/^\.\//, '').replace(/\/+$/, '');
  if (glob.startsWith('/')) return { root: '', rest: trimmed.replace(/^\/+/, '') };
  if (glob === '~' || glob.startsWith('~/')) return home === null ? null : { root: home, rest: trimmed.slice(2) };
  return { root: workspace, rest: trimmed.includes('/') || glob.startsWith('./') ? trimmed : `**/${trimmed}` };
};

/** As two names for one file compare on file systems that fold case or compose letters. */
const folded = (path: string): string => path.normalize('NFC').toLowerCase();

const compiled = new Map<string, Pattern>();
const maxCompiled = 2000;

const compile = (source: string): Pattern => {
  const known = compiled.get(source);
  if (known) return known;
  const pattern = compilePattern(source);
  if (compiled.size >= maxCompiled) compiled.clear();
  compiled.set(source, pattern);
  return pattern;
};

/**
 * Whether a glob matches a real absolute path. `isBroad`: also what is below a folder that it matches, whatever the case:
 * for rules that forbid.
 */
export const matchesGlob = (glob: string, path: string, places: GlobPlaces, isBroad: boolean): boolean =>
  alternatives(glob).some((one) => {
    const found = absolute(one, places);
    if (!found) return false;
    const root = found.root === '/' ? '' : found.root;
    const fold = isBroad ? folded : (text: string) => text;
    const source = `${exact(fold(root))}/${toSource(fold(found.rest))}${isBroad ? `(?:/${anything})?` : ''}`;
    return compile(`^(?:${found.rest === '' ? `${exact(fold(root))}(?:/${anything})?` : source})$`).test(fold(path));
  });
