const isLiteral = (segment: string): boolean => !/[*?[\]{}!\\]/.test(segment);

/** A part of a walk: the folder to start in, and what ripgrep is told. */
export type GlobWalk = { folder: string; args: string[] };

const byName = (name: string): string[] =>
  /^\*+$/.test(name) ? [] : ['--type-add', `everturn:${name}`, '--type', 'everturn'];

/**
 * ripgrep's --glob takes what it matches out of every ignore file: with a `src/**` of that kind `src/node_modules`
 * comes along. The usual shapes (`*.ts`, `src/**`, `src/*.ts`, `src/**\/*.ts`) are therefore said as a folder, a depth
 * and a type, which ignore files still rule; only the rest goes to --glob. A glob without a slash is a name at any depth.
 */
export const globWalk = (glob: string): GlobWalk => {
  const asIs: GlobWalk = { folder: '.', args: ['--glob', glob] };
  const braceAcrossFolders = /\{[^}]*\//.test(glob);
  if (glob.startsWith('!') || glob.endsWith('/') || glob.includes(':') || braceAcrossFolders) return asIs;
  const segments = glob.split('/').filter((segment) => segment !== '' && segment !== '.');
  const name = segments.pop() ?? '*';
  const wildAt = segments.findIndex((segment) => !isLiteral(segment));
  const folders = wildAt < 0 ? segments : segments.slice(0, wildAt);
  const wild = wildAt < 0 ? [] : segments.slice(wildAt);
  const folder = folders.join('/') || '.';
  if (wild.some((segment) => segment !== '**')) return asIs;
  const deep = wild.length > 0 || name === '**' || !glob.includes('/');
  return { folder, args: [...(deep ? [] : ['--max-depth', '1']), ...byName(name)] };
};
