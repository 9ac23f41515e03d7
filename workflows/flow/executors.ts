import { CancellationScope, type ChildWorkflowHandle, startChild, workflowInfo } from '@temporalio/workflow';
import type { FanOut, GraphStep } from '../../contracts/graph.ts';
import { attributesOf } from '../attributes.ts';
import { admitSignal, closeSignal, dropSignal, type MembersInput } from '../fan-out/messages.ts';
import type { RunRef, StepEnd } from '../flow-step/messages.ts';
import { bound } from '../flow-step/start.ts';
import { pauseSignal, resumeSignal } from './messages.ts';

/** Who carries out steps for the run: the workflow of a batch or of a branch. */
export type Group = {
  type: 'batch' | 'branch';
  workflowId: string;
  fanOut: FanOut;
  members: GraphStep[];
  label: string;
};

type Workflow = (input: MembersInput) => Promise<void>;
type Executor = { members: GraphStep[]; handle: Promise<ChildWorkflowHandle<Workflow>>; end: Promise<void> };

const cancelled: StepEnd = { status: 'cancelled', chosen: null };

/** The batches and branches of a run: started with their first member, closed at the run's end. */
export const createExecutors = (runRef: RunRef) => {
  const executors = new Map<string, Executor>();
  const waiting = new Map<string, (end: StepEnd) => void>();

  const start = ({ type, workflowId, fanOut, members, label }: Group): Executor => {
    const handle = CancellationScope.nonCancellable(() =>
      startChild<Workflow>(type, {
        ...bound,
        workflowId,
        args: [{ ...runRef, fanOut, members }],
        typedSearchAttributes: attributesOf({
          kind: type,
          run: runRef.runId,
          step: label,
          parent: workflowInfo().workflowId,
        }),
        staticSummary: `${type} ${label} of ${runRef.runName}`,
      }),
    );
    // One that was ended from outside has cancelled its members.
    const end = CancellationScope.nonCancellable(async () => (await handle).result())
      .catch(() => {})
      .then(() => {
        executors.delete(workflowId);
        for (const { id } of members) waiting.get(id)?.(cancelled);
      });
    return { members, handle, end };
  };

  const open = (group: Group): Executor => {
    const executor = executors.get(group.workflowId) ?? start(group);
    executors.set(group.workflowId, executor);
    return executor;
  };

  const tell = async (
    executor: Executor,
    send: (handle: ChildWorkflowHandle<Workflow>) => Promise<void>,
  ): Promise<void> =>
    CancellationScope.nonCancellable(async () => {
      await executor.handle.then(send).catch(() => {});
    });

  return {
    open,
    /** Resolves with how the step ended; when its effect is cancelled the step is dropped and waited for. */
    async run(group: Group, step: string): Promise<StepEnd> {
      const executor = open(group);
      const member = executor.members.findIndex(({ id }) => id === step);
      const end = new Promise<StepEnd>((resolve) => waiting.set(step, resolve));
      CancellationScope.current().cancelRequested.catch(() =>
        tell(executor, (handle) => handle.signal(dropSignal, member)),
      );
      await tell(executor, (handle) => handle.signal(admitSignal, member));
      return await end.finally(() => waiting.delete(step));
    },
    /** A step that runs as a child of the run itself, and may have its result before its end. */
    async race(step: string, running: Promise<StepEnd>): Promise<StepEnd> {
      const early = new Promise<StepEnd>((resolve) => waiting.set(step, resolve));
      return await Promise.race([running, early]).finally(() => waiting.delete(step));
    },
    async drop(step: string): Promise<boolean> {
      for (const executor of executors.values()) {
        const member = executor.members.findIndex(({ id }) => id === step);
        if (member < 0 || !waiting.has(step)) continue;
        await tell(executor, (handle) => handle.signal(dropSignal, member));
        return true;
      }
      return false;
    },
    ended: (step: string, end: StepEnd): void => waiting.get(step)?.(end),
    async notifyPaused(paused: boolean): Promise<void> {
      const signal = paused ? pauseSignal : resumeSignal;
      await Promise.all([...executors.values()].map((executor) => tell(executor, (handle) => handle.signal(signal))));
    },
    /** Resolves when every group has ended. */
    async close(): Promise<void> {
      const open = [...executors.values()];
      await Promise.all(open.map((executor) => tell(executor, (handle) => handle.signal(closeSignal))));
      await Promise.all(open.map(({ end }) => end));
    },
  };
};
