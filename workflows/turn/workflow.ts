import { CancellationScope, continueAsNew, isCancellation, setCurrentDetails, setHandler } from '@temporalio/workflow';
import { createStatusLabel } from '../attributes.ts';
import { runToEnd } from '../driver/run.ts';
import { describe, driveTurn, statusOf } from './drive.ts';
import {
  answeredSignal,
  approvalUpdate,
  cancelSignal,
  checkAnswer,
  isAnswer,
  keyClearedSignal,
  type TurnInput,
} from './messages.ts';

export async function turn(input: TurnInput): Promise<void> {
  const showStatus = createStatusLabel();
  const driver = driveTurn(input, {
    onState: (snapshot) => {
      setCurrentDetails(describe(snapshot, input));
      showStatus(statusOf(snapshot));
    },
  });

  const answered = (answer: unknown, from: 'signal' | 'update'): Promise<void> | undefined => {
    if (!isAnswer(answer)) return;
    const { step, call, decision } = answer;
    return driver.send({ type: 'approval.answered', step, call, decision }, from);
  };
  setHandler(cancelSignal, () => driver.send({ type: 'cancel' }, 'signal'));
  setHandler(keyClearedSignal, () => driver.send({ type: 'key.cleared' }, 'signal'));
  setHandler(approvalUpdate, (answer) => answered(answer, 'update'), { validator: checkAnswer });
  setHandler(answeredSignal, (answer) => answered(answer, 'signal'));
  // Asked from outside: in Temporal UI, or by the step or background agent it belongs to.
  CancellationScope.current().cancelRequested.catch((error: unknown) => {
    if (isCancellation(error)) return driver.send({ type: 'cancel' }, 'signal');
  });

  const outcome = await CancellationScope.nonCancellable(() => runToEnd(driver));
  if (outcome === 'continue') await continueAsNew<typeof turn>({ ...input, resume: driver.resume() });
}
