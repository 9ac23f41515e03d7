import type { Action } from '../../shell/state/actions.ts';
import { type Parts, unread } from '../model/parts.ts';

export const updateParts = (parts: Parts, action: Action): Parts => {
  switch (action.type) {
    case 'part-loading': {
      const before = action.fresh ? unread : (parts[action.part] ?? unread);
      return { ...parts, [action.part]: { ...before, isLoading: true } };
    }
    case 'part-read':
      return { ...parts, [action.part]: { value: action.value, error: null, isLoading: false } };
    case 'part-failed':
      return {
        ...parts,
        [action.part]: { value: parts[action.part]?.value ?? null, error: action.error, isLoading: false },
      };
    default:
      return parts;
  }
};
