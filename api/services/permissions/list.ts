import type { PermissionList, StoredRule } from '../../../contracts/permissions/api.ts';
import { permissionRules } from '../../../contracts/permissions/decide.ts';
import { describeRule } from '../../../contracts/permissions/describe-rule.ts';
import type { PlacedRule } from '../../../contracts/permissions/rule.ts';
import { configName } from '../../../runtime/config.ts';
import { openPersonalRules, placedRules } from '../../../runtime/personal-rules.ts';
import type { ApiContext } from '../../context.ts';
import { findSession } from '../sessions.ts';

type Row = PermissionList['rules'][number];

const nobody = { createdBy: null, sessionId: null, workspace: null };
const ofFile = (placed: PlacedRule): Row => ({ ...placed, ...nobody, words: describeRule(placed.rule) });

const stored = ({ id, rule, sessionId, workspace, createdBy }: StoredRule): Row => ({
  source: sessionId === null ? 'here' : 'session',
  id,
  place: sessionId === null ? `for ${workspace}` : `for the session ${sessionId}`,
  rule,
  words: describeRule(rule),
  createdBy,
  sessionId,
  workspace,
});

/** All rules that hold, in one session or anywhere. */
export const createListPermissions = ({ store, configured }: Pick<ApiContext, 'store' | 'configured'>) => {
  const personal = openPersonalRules();
  return async (sessionId: string | undefined): Promise<PermissionList> => {
    const { rules, faults } = personal();
    const files = [...rules, ...placedRules(configured().permissions, 'project', configName)].map(ofFile);
    if (sessionId === undefined) {
      const [added, roots] = await Promise.all([store.permissions.rules(), store.permissions.roots()]);
      return { rules: [...added.map(stored), ...files], roots, faults };
    }
    const session = await findSession(store, sessionId);
    const own = await store.permissions.of(sessionId);
    const kinds = permissionRules(session.allow, { source: 'permission', place: 'the permissions of the session' });
    return {
      rules: [...(own?.rules ?? []).map(stored), ...files, ...kinds.map(ofFile)],
      roots: own?.roots ?? [],
      faults,
    };
  };
};
