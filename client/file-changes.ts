import {
  ChangeOutcome,
  type ChangeState,
  type DecideChanges,
  FileChangePage,
  type UndoChanges,
} from '../contracts/file-changes.ts';
import { type Once, once, type Signal } from './options.ts';
import type { Transport } from './transport.ts';

export type FileChangesApi = {
  /** The oldest first. */
  listFileChanges(
    id: string,
    query?: { state?: ChangeState | undefined; turn?: number | undefined; cursor?: string; limit?: number },
    options?: Signal,
  ): Promise<FileChangePage>;
  /** Throws `change_not_found`, `change_decided`, and `change_conflict` with the changes in `details.changes`. */
  decideFileChanges(id: string, body: DecideChanges, options?: Once): Promise<ChangeOutcome>;
  /** Throws `change_not_found` and `change_conflict`. */
  undoFileChanges(id: string, body: UndoChanges, options?: Once): Promise<ChangeOutcome>;
};

export const fileChangesApi = ({ read }: Transport): FileChangesApi => {
  const changes = (id: string): string => `/sessions/${encodeURIComponent(id)}/changes`;
  return {
    listFileChanges: (id, query, { signal } = {}) =>
      read(FileChangePage, { action: `list the changes of session ${id}`, path: changes(id), query, signal }),
    decideFileChanges: (id, body, { signal, idempotencyKey } = {}) =>
      read(ChangeOutcome, {
        action: `${body.decision} changes of session ${id}`,
        method: 'POST',
        path: `${changes(id)}/decide`,
        body,
        headers: once(idempotencyKey),
        signal,
      }),
    undoFileChanges: (id, body, { signal, idempotencyKey } = {}) =>
      read(ChangeOutcome, {
        action: `undo changes of session ${id}`,
        method: 'POST',
        path: `${changes(id)}/undo`,
        body,
        headers: once(idempotencyKey),
        signal,
      }),
  };
};
