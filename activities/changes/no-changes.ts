import type { Changes } from './session-changes.ts';

const refuse = (): never => {
  throw new Error('This call changes no files');
};

/** For calls of tools that only read, outside of a session. */
export const noChanges: Changes = {
  see: refuse,
  exclusively: refuse,
  earlier: refuse,
  checkAsked: refuse,
  submit: refuse,
  applyStaged: refuse,
};
