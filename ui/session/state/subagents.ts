import { hasEnded, type Subagent } from '../../../contracts/subagents.ts';
import type { NotifyPermission } from '../../shell/model/shell.ts';
import type { Action } from '../../shell/state/actions.ts';

/** The newest background agents, of all sessions. */
export type Subagents = {
  items: Subagent[];
  status: 'loading' | 'ready' | 'failed';
  /** Shows those of the open session alone. */
  ofSession: boolean;
  /** Those that somebody here has asked to cancel. */
  asked: Record<string, true>;
  permission: NotifyPermission;
};

export const initialSubagents: Subagents = {
  items: [],
  status: 'loading',
  ofSession: true,
  asked: {},
  permission: null,
};

export const howManyRun = ({ items }: Subagents): number => items.filter(({ status }) => !hasEnded(status)).length;

const put = (items: readonly Subagent[], changed: Subagent): Subagent[] =>
  items.some(({ id }) => id === changed.id)
    ? items.map((one) => (one.id === changed.id && !hasEnded(one.status) ? changed : one))
    : [changed, ...items];

export const updateSubagents = (subagents: Subagents, action: Action): Subagents => {
  switch (action.type) {
    case 'subagents':
      return { ...subagents, status: 'ready', items: action.subagents };
    case 'subagents-failed':
      return { ...subagents, status: subagents.items.length > 0 ? 'ready' : 'failed' };
    case 'subagents-shown':
      return { ...subagents, ofSession: action.ofSession };
    case 'subagent-asked': {
      const { [action.id]: _, ...others } = subagents.asked;
      return { ...subagents, asked: action.asked ? { ...others, [action.id]: true } : others };
    }
    case 'notify-permission':
      return { ...subagents, permission: action.permission };
    case 'events':
      return {
        ...subagents,
        items: action.events.reduce<Subagent[]>(
          (items, { event }) => (event.type === 'subagent.changed' ? put(items, event.subagent) : items),
          subagents.items,
        ),
      };
    default:
      return subagents;
  }
};
