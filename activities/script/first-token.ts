import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { stepWorkflowId } from '../../contracts/ids.ts';
import type { ScriptActivities } from '../../contracts/script-activities.ts';
import type { ScriptDependencies } from './script-dependencies.ts';

/** Longer than this a fan-out does not wait for its first agent. */
const patienceMs = 5000;
const lookMs = 50;

export const createFirstToken =
  ({ store }: ScriptDependencies): ScriptActivities['firstToken'] =>
  async ({ runId, id }) => {
    const { cancellationSignal: signal } = Context.current();
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline && !(await store.calls.hasBegun(stepWorkflowId(runId, id)))) {
      await delay(lookMs, undefined, { signal });
    }
  };
