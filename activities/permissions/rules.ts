import { permissionRules } from '../../contracts/permissions/decide.ts';
import type { PermissionRule, PlacedRule } from '../../contracts/permissions/rule.ts';
import type { SessionPermissions } from '../../store/permissions.ts';
import type { AgentContext } from '../../store/requests.ts';

/** Rules of files. `faults`: of files whose rules cannot be read. */
export type FileRules = { rules: readonly PlacedRule[]; faults: readonly string[] };

const fromFault = (fault: string): PlacedRule => ({
  source: 'personal',
  id: null,
  place: fault,
  rule: { decision: 'ask', reason: 'the rules of this file cannot be read' } satisfies PermissionRule,
});

/** Every rule that holds for a session. */
export const rulesOf = (
  { agent, definition }: Pick<AgentContext, 'agent' | 'definition'>,
  { allow, rules }: Pick<SessionPermissions, 'allow' | 'rules'>,
  files: FileRules,
): PlacedRule[] => [
  ...rules.map(({ id, sessionId, rule, createdBy }): PlacedRule => {
    const source = sessionId === null ? 'here' : 'session';
    return {
      source,
      id,
      place: `${source === 'here' ? 'for this folder' : 'for this session'}, by ${createdBy} (${id})`,
      rule,
    };
  }),
  ...files.rules,
  ...files.faults.map(fromFault),
  ...permissionRules(definition?.permissions ?? [], { source: 'agent', place: `the agent ${agent}` }),
  ...permissionRules(allow, { source: 'permission', place: 'the permissions of the session' }),
];
