import type { Store } from '../../../store/store.ts';
import type { Tool } from '../tool.ts';
import { askUser } from './ask-user.ts';
import { createRequestReadAccess } from './request-read-access.ts';

/** Tools that wait for a person. */
export const createPeopleTools = (store: Pick<Store, 'permissions'>): Tool[] => [
  askUser,
  createRequestReadAccess(store),
];
