import { identify, isAlive } from '../../runtime/processes.ts';
import { readState, type StackState, writeState } from './state.ts';

/** The state file, as its one writer has it: every change is on disk before the call returns. */
export const openRecord = (file: string) => {
  let state = readState(file);
  const update = (change: Partial<StackState>): void => {
    state = { ...state, ...change };
    writeState(file, state);
  };
  return {
    read: (): StackState => state,
    update,
    /** Of the processes noted before, those that live are kept, also one that had the same name. */
    note: (name: string, pid: number, workerId: string | null): void => {
      const identity = identify(pid);
      if (identity) update({ processes: [...state.processes.filter(isAlive), { ...identity, name, workerId }] });
    },
  };
};
export type StackRecord = ReturnType<typeof openRecord>;
