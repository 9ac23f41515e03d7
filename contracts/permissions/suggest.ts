import { commandFault, writeCommand } from './command-words.ts';
import { decide } from './decide.ts';
import { globFault } from './glob-text.ts';
import { PermissionRule } from './rule.ts';
import type { Subject } from './subject.ts';
import { wrappedAt } from './wrapped.ts';

const relativeTo = (workspace: string, path: string): string => {
  const root = workspace.endsWith('/') ? workspace : `${workspace}/`;
  return path.startsWith(root) ? path.slice(root.length) : path;
};

const isLiteral = (path: string): boolean => !/[*?{}[\]!]/.test(path) && globFault(path) === null;

/** As a glob that matches only this path: one without a slash would match at every depth. */
const exactly = (path: string): string => (path.startsWith('/') || path.includes('/') ? path : `./${path}`);

const commandsOf = ({ command, workspace, tool }: Subject): PermissionRule[] => {
  if (command === null || command.cwd === null || command.shellText !== null) return [];
  const { argv, cwd } = command;
  const place = cwd === workspace ? {} : { path: exactly(relativeTo(workspace, cwd)) };
  // Behind `timeout 5` and `uv run`, which would allow every program.
  const at = wrappedAt(argv);
  const second = argv[at + 1];
  const isWord = second !== undefined && /^[\w:.-]+$/.test(second) && !second.startsWith('-');
  const candidates = [
    writeCommand({ words: [...argv], isPrefix: false }),
    ...(isWord ? [writeCommand({ words: argv.slice(0, at + 2), isPrefix: true })] : []),
  ];
  return candidates
    .filter((one) => commandFault(one) === null)
    .map((one) => ({ decision: 'allow', tool, command: one, ...place }));
};

const pathsOf = ({ paths, workspace, tool, command }: Subject): PermissionRule[] => {
  const [only] = paths;
  if (command !== null || paths.length !== 1 || only === null || only === undefined) return [];
  const path = relativeTo(workspace, only);
  if (!isLiteral(path)) return [];
  const folder = path.split('/').slice(0, -1).join('/');
  return [
    { decision: 'allow', tool, path: exactly(path) },
    ...(folder === '' ? [] : [{ decision: 'allow' as const, tool, path: `${folder}/**` }]),
  ];
};

/** Rules that would have allowed the call, the narrowest first. Empty where none can. */
export const suggestRules = (subject: Subject): PermissionRule[] => {
  const { tool, command } = subject;
  const hosts = command === null ? subject.hosts : [];
  const own = [
    ...commandsOf(subject),
    ...pathsOf(subject),
    ...hosts.map((host): PermissionRule => ({ decision: 'allow', tool, host })),
    ...(subject.command === null ? [{ decision: 'allow' as const, tool }] : []),
  ];
  const isFit = (rule: PermissionRule): boolean =>
    PermissionRule.safeParse(rule).success &&
    decide(subject, [{ source: 'session', id: null, place: '', rule }]).decision === 'allow';
  return own.filter(isFit).slice(0, 4);
};
