import { z } from 'zod';
import { OneLine } from '../one-line.ts';
import { permissions } from '../tools.ts';
import { commandFault, commandWords } from './command-words.ts';
import { globFault } from './glob-text.ts';
import { wrappedAt } from './wrapped.ts';

export const RuleDecision = z.enum(['allow', 'ask', 'deny']);
export type RuleDecision = z.infer<typeof RuleDecision>;

const condition = OneLine.min(1).max(2000);

const Glob = condition.superRefine((glob, context) => {
  const fault = globFault(glob);
  if (fault) context.addIssue({ code: 'custom', message: fault });
});

const Command = condition.superRefine((command, context) => {
  const fault = commandFault(command);
  if (fault) context.addIssue({ code: 'custom', message: fault });
});

const Host = condition.regex(
  /^(\*\.)?[a-z0-9_:[\]-]+(\.[a-z0-9_-]+)*$/i,
  'a host such as example.org, or *.example.org for those below it; no scheme, port or path',
);

/** A rule as it was stored: earlier versions accepted some that are refused now, which allow nothing. */
export const KeptRule = z.strictObject({
  decision: RuleDecision.describe('What happens to a call for which every given condition holds.'),
  tool: condition
    .regex(/^[\w*.-]+$/, 'the name of a tool, in which * matches any characters')
    .optional()
    .describe('The name of a tool; `*` matches any characters, as in `github__*`. Default: any tool.'),
  kind: z.enum(permissions).optional().describe('Only tools that need this permission.'),
  path: Glob.optional().describe(
    'A glob for every path that the call touches, by where it leads when all links are followed.',
  ),
  command: Command.optional().describe(
    'A command: the program and its arguments. A last `*` lets any arguments follow.',
  ),
  host: Host.optional().describe(
    'The host of an address that the call opens, such as `example.org` or `*.example.org`.',
  ),
  agent: condition.optional().describe('The name of an agent. Default: any.'),
  reason: OneLine.min(1)
    .max(500)
    .optional()
    .describe('Shown to the user who is asked, and to the model when the call is denied.'),
});

/**
 * What calls of tools may do. Every condition that is given must hold. `allow` matches narrowly and `ask` and `deny`
 * broadly: see docs/permissions.md.
 */
export const PermissionRule = KeptRule.superRefine(({ decision, command }, context) => {
  if (decision !== 'allow' || command === undefined || commandFault(command)) return;
  const fault = tooBroad(command);
  if (fault) context.addIssue({ code: 'custom', path: ['command'], message: fault });
});
export type PermissionRule = z.infer<typeof PermissionRule>;

export const PermissionRules = z.array(PermissionRule).max(1000);

/** Programs that run whatever their arguments say. */
const runners = new Set(
  'sh bash dash zsh fish ksh ash su eval ssh docker podman node python python3 perl ruby php deno bun awk gawk'.split(
    ' ',
  ),
);
/** The next word is code. */
const inline = /^(-[a-zA-Z]*[ceErpm]|--eval|--print|--command)$/;

/** What is wrong with allowing a command, if it would allow any. */
export const tooBroad = (command: string): string | null => {
  const { words, isPrefix } = commandWords(command);
  if (!isPrefix) return null;
  const [program = '', ...rest] = words.slice(wrappedAt(words));
  const last = rest.at(-1);
  const isBroad =
    program === '' ||
    (runners.has(program) && rest.every((word) => word.startsWith('-')) && (last === undefined || inline.test(last)));
  if (!isBroad) return null;
  return `${words.join(' ')} runs whatever its arguments say: allow the command as a whole, or every command with kind: run and no command`;
};

/** Where a rule comes from. */
export const RuleSource = z.enum(['project', 'personal', 'here', 'session', 'agent', 'permission', 'built-in', 'late']);
export type RuleSource = z.infer<typeof RuleSource>;

/** A rule and where it is kept. */
export const PlacedRule = z.object({
  source: RuleSource,
  /** Of a rule that can be removed by it; null of one in a file. */
  id: z.string().nullable(),
  /** For people: `everturn.yaml, permissions[0]`. */
  place: z.string(),
  rule: KeptRule,
});
export type PlacedRule = z.infer<typeof PlacedRule>;
