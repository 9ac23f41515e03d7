import type { WorkflowFacts } from '../../../contracts/workflows.ts';
import { asError, reportFailure, type Store } from '../../shell/effects/store.ts';
import type { WorkflowRequest } from '../model/open-workflow.ts';
import type { OpenWorkflow } from '../state/workflow.ts';

/** Facts are cheap to read; the state is asked for only when the history has grown, for nothing moves without an event. */
const everyMs = 2_000;

export type OpenWorkflowActions = {
  /** Follows a workflow; null stops it. */
  open(id: string | null): void;
  ask(request: WorkflowRequest): void;
};

const stampOf = ({ runId, history, status }: WorkflowFacts): string => `${runId} ${history.events} ${status}`;

/** Reads the workflow on the screen again and again while it runs and the page is seen. */
export const createOpenWorkflow = (store: Store): OpenWorkflowActions => {
  let following = new AbortController();
  let openId: string | null = null;
  /** Of the facts to which the known machines belong. */
  let known = '';
  const current = (): OpenWorkflow | null => store.get().workflow;

  const take = async (facts: WorkflowFacts, signal: AbortSignal): Promise<void> => {
    const { workflowId } = facts;
    store.dispatch({ type: 'workflow-facts', workflowId, facts });
    if (stampOf(facts) === known && !current()?.machines?.unknownBecause) return;
    const machines = await store.api().getMachines(workflowId, { signal });
    known = stampOf(facts);
    store.dispatch({ type: 'workflow-machines', workflowId, machines });
  };

  const read = async (workflowId: string, signal: AbortSignal): Promise<void> => {
    try {
      if (!document.hidden || current()?.facts === null) {
        await take(await store.api().getWorkflow(workflowId, { signal }), signal);
      }
    } catch (cause) {
      if (signal.aborted) return;
      const error = asError(cause);
      store.dispatch({ type: 'workflow-failed', workflowId, error });
      if (error.code === 'unauthorized') return reportFailure(store, cause);
      if (error.code === 'workflow_not_found') return;
    }
    const { facts, error } = current() ?? {};
    if (signal.aborted || (facts && facts.status !== 'running' && !error)) return;
    const again = setTimeout(() => void read(workflowId, signal), everyMs);
    signal.addEventListener('abort', () => clearTimeout(again), { once: true });
  };

  const follow = (id: string | null): void => {
    following.abort();
    following = new AbortController();
    openId = id;
    known = '';
    if (id !== null) void read(id, following.signal);
  };

  const send = async (workflowId: string, request: WorkflowRequest): Promise<void> => {
    store.dispatch({ type: 'workflow-asked', workflowId, verb: request.verb, error: null });
    const api = store.api();
    try {
      const facts = await (request.verb === 'cancel'
        ? api.cancelWorkflow(workflowId)
        : request.verb === 'terminate'
          ? api.terminateWorkflow(workflowId, request.reason)
          : api.retryActivity(workflowId, request.activity));
      store.dispatch({ type: 'workflow-asked', workflowId, verb: null, error: null });
      if (openId === workflowId) await take(facts, following.signal);
    } catch (cause) {
      if (following.signal.aborted) return;
      store.dispatch({ type: 'workflow-asked', workflowId, verb: null, error: asError(cause) });
    }
  };

  return {
    open: (id) => {
      if (id !== openId) follow(id);
    },
    ask: (request) => {
      const open = current();
      if (open) void send(open.workflowId, request);
    },
  };
};
