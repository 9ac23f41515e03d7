import { CancellationScope, isCancellation, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { NodeStatus } from '../../contracts/runs.ts';
import { createDriver, type Resume } from '../driver/driver.ts';
import { runToEnd } from '../driver/run.ts';
import { pauseSignal, resumeSignal, runHistoryLimit } from '../flow/messages.ts';
import type { StepEnd } from '../flow-step/messages.ts';
import { type FanOutEvent, type FanOutInput, fanOutMachine } from './machine.ts';
import { admitSignal, closeSignal, dropSignal } from './messages.ts';

type Options = {
  start: { input: FanOutInput } | { resume: Resume };
  title: string;
  /** Runs a member to its end, also when it is cancelled. */
  runMember(member: number): Promise<StepEnd>;
  expireMember(member: number): Promise<void>;
  report(member: number, end: StepEnd): Promise<void>;
  joinEarly(): Promise<void>;
  historyLimit?: number | undefined;
};

/** Drives the machine of a workflow that runs members. Resolves with what continue-as-new continues from, null at the end. */
export const runFanOut = async (options: Options): Promise<Resume | null> => {
  const scopes = new Map<number, CancellationScope>();

  const startMember = async ({ member }: { member: number }): Promise<FanOutEvent> => {
    scopes.set(member, CancellationScope.current());
    const end = await options.runMember(member);
    scopes.delete(member);
    return { type: 'member.ended', member, ...end };
  };

  const driver = createDriver({
    machine: fanOutMachine,
    start: options.start,
    historyLimit: options.historyLimit ?? runHistoryLimit,
    deferrable: ['startMember'],
    effects: {
      startMember,
      dropMember: async ({ member }: { member: number }) => void scopes.get(member)?.cancel(),
      expireMember: async ({ member }: { member: number }) => void (await options.expireMember(member)),
      report: async ({ member, status, chosen }: { member: number; status: NodeStatus; chosen: number | null }) =>
        void (await options.report(member, { status, chosen })),
      joinEarly: async () => void (await options.joinEarly()),
    },
    onState: ({ value, context: { tally, running, queue, next, count } }) =>
      setCurrentDetails(
        `**${JSON.stringify(value)}** ${options.title}: ${running.length} run, ${queue.length + (count ?? next) - next} wait, ${tally.completed} completed, ${tally.bad} failed`,
      ),
  });
  setHandler(admitSignal, (member) => driver.send({ type: 'admit', member }, 'signal'));
  setHandler(dropSignal, (member) => driver.send({ type: 'drop', member }, 'signal'));
  setHandler(closeSignal, () => driver.send({ type: 'close' }, 'signal'));
  setHandler(pauseSignal, () => driver.send({ type: 'pause' }, 'signal'));
  setHandler(resumeSignal, () => driver.send({ type: 'resume' }, 'signal'));
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    if (isCancellation(error)) return driver.send({ type: 'cancel' }, 'signal');
  });
  const outcome = await CancellationScope.nonCancellable(() => runToEnd(driver));
  return outcome === 'continue' ? driver.resume() : null;
};
