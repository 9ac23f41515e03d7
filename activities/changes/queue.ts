import type { FileChangeQueries } from '../../store/file-changes.ts';

/** The queue of changes, as those need it who apply them. */
export type ChangeQueue = Pick<
  FileChangeQueries,
  | 'putContents'
  | 'contents'
  | 'staged'
  | 'asked'
  | 'stored'
  | 'isOurs'
  | 'pending'
  | 'applied'
  | 'appliedAfter'
  | 'findSet'
  | 'stage'
  | 'begin'
  | 'end'
  | 'find'
  | 'locked'
>;
