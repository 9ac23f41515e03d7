import { createHash } from 'node:crypto';
import type { Approval } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Because } from '../../contracts/permissions/because.ts';
import { decide } from '../../contracts/permissions/decide.ts';
import type { PlacedRule } from '../../contracts/permissions/rule.ts';
import type { AskedWithin } from '../../store/approvals.ts';
import { type Operation, operationKey } from '../../store/operations.ts';
import type { CallContext } from '../../store/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import { rulesOf } from '../permissions/rules.ts';
import type { Asker, SampleRequest } from '../tools/asker.ts';
import { failed } from '../tools/failed.ts';
import { argumentsHash } from '../tools/registry.ts';
import { askAndWait } from './ask-and-wait.ts';
import type { Attempt } from './attempt.ts';
import { createSample, type SampleUsage } from './sample.ts';

/** Below the longest time of a call's activity. */
const maxWaitMs = 3_600_000;
const maxAsked = 50;

const samplingTool = (server: string): string => `mcp_sampling.${server.replaceAll(/[^\w.-]/g, '_')}`;

type Options = { operation: Operation & { call: number }; call: CallContext; attempt: Attempt };

/**
 * What a call asks while it runs. It is a row like every approval, and waits through restarts of all but the process of the
 * call. A call that may run again finds the answers by what it asks; of one that may not, the question ends with it.
 */
export const createWithinCall = (dependencies: Dependencies, { operation, call, attempt }: Options) => {
  const { store, fileRules } = dependencies;
  const key = operationKey(operation);
  const sample = createSample(dependencies, { operation, attempt });
  const times = new Map<string, number>();
  let asked = 0;

  const idOf = (hash: string): string => {
    const before = times.get(hash) ?? 0;
    times.set(hash, before + 1);
    return `${key}/${hash.slice(0, 16)}${before === 0 ? '' : `-${before}`}`;
  };

  const close = async (id: string | null): Promise<void> => {
    await store.approvals.closeWithinCall(operation.sessionId, key, id);
    store.wake(operation.sessionId);
  };

  const answered = async (given: AskedWithin['asked'], signal: AbortSignal): Promise<Approval> => {
    asked += 1;
    if (asked > maxAsked) throw failed(`a call may ask ${maxAsked} times`);
    const hash = createHash('sha256').update(`${given.tool}\n${given.arguments}`).digest('hex');
    const id = idOf(hash);
    const { sessionId, turn, step } = operation;
    const question = { id, sessionId, turn, step, call: operation.call, asked: given };
    try {
      return await askAndWait(dependencies, question, attempt, signal);
    } catch (error) {
      if (signal.aborted && !attempt.signal.aborted) await close(id);
      throw error;
    }
  };

  const becauseOf = (tool: string): Because => {
    const rules: PlacedRule[] = rulesOf(call, call.permissions, fileRules());
    const subject = {
      tool,
      kind: 'run' as const,
      isAsking: true,
      agent: call.agent,
      workspace: call.workspace,
      home: null,
      paths: [],
      hosts: [],
      command: null,
    };
    return { ...decide(subject, rules), subject };
  };

  const allowed = async ({ server, ...request }: SampleRequest, signal: AbortSignal): Promise<void> => {
    const tool = samplingTool(server);
    const because = becauseOf(tool);
    if (because.decision === 'allow') return;
    if (because.decision === 'deny')
      throw new EverturnError('tool_denied', `Cannot ask the model for ${server}: a rule denies it: ${because.words}`);
    const text = JSON.stringify(request);
    const { decision, note } = await answered(
      {
        tool,
        arguments: text,
        argumentsHash: argumentsHash(tool, text),
        about: `The MCP server ${server} asks to have the session's model answer this`,
        because,
        deadlineMs: maxWaitMs,
      },
      signal,
    );
    if (decision === 'approve') return;
    throw new EverturnError(
      'tool_denied',
      `Cannot ask the model for ${server}: a user denied it${note ? `: ${note}` : ''}`,
    );
  };

  const asker: Asker = {
    async person(question, signal) {
      const text = JSON.stringify(question);
      const { tool } = call.body;
      const { decision, fields, answeredBy } = await answered(
        { tool, arguments: text, argumentsHash: argumentsHash(tool, text), question, deadlineMs: maxWaitMs },
        signal,
      );
      if (decision === 'approve' && fields) return { answer: fields.answer };
      return answeredBy === 'deadline' ? 'late' : 'declined';
    },
    async model(request, signal) {
      await allowed(request, signal);
      return await sample.ask(request, signal);
    },
  };

  return {
    asker,
    /** What requests to models used. */
    usage: (): SampleUsage => sample.usage(),
    /** Closes what was asked and not answered, once the call has its result. */
    async end(): Promise<void> {
      if (asked > 0 || attempt.interrupted) await close(null);
    },
  };
};
