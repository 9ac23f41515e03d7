import type { Call } from '../../contracts/activities.ts';
import type { ToolCallBody } from '../../contracts/chunks.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Because } from '../../contracts/permissions/because.ts';
import { decide } from '../../contracts/permissions/decide.ts';
import type { PlacedRule } from '../../contracts/permissions/rule.ts';
import type { AskedApproval } from '../../store/operations.ts';
import type { SessionPermissions } from '../../store/permissions.ts';
import type { AgentContext } from '../../store/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import { argumentsHash, parseArguments } from '../tools/registry.ts';
import type { Tool } from '../tools/tool.ts';
import type { SessionAgent } from '../turn/agent.ts';
import { isLeftToQueue } from '../turn/calls.ts';
import { rulesOf } from './rules.ts';
import { subjectOf } from './subject-of.ts';

export type Gated = { calls: Call[]; approvals: AskedApproval[] };

type Caller = { sessionId: string; context: AgentContext; agent: Pick<SessionAgent, 'tools' | 'changeMode'> };
type Judged = {
  approval: Call['approval'];
  asked?: Omit<AskedApproval, 'call' | 'tool' | 'arguments' | 'argumentsHash'>;
};
type Late = SessionPermissions['late'][number];

const approvedLate = ({ id, by }: Late, tool: string): PlacedRule => ({
  source: 'late',
  id,
  place: `approved by ${by} after it was denied`,
  rule: { decision: 'allow', tool },
});

/** A call that only reads, or whose kind is allowed, needs no record of why. */
const isPlain = ({ decision, rule, subject }: Because): boolean =>
  decision === 'allow' &&
  (subject.kind === 'read' || rule === null || rule.source === 'agent' || rule.source === 'permission');

/** Decides about the calls of a reply, by the rules as they are now. What it decides is sealed with the reply. */
export const createGate = ({
  store,
  fileRules,
  commandEnv: env,
}: Pick<Dependencies, 'store' | 'fileRules' | 'commandEnv'>) => {
  const judge = async (
    tool: Tool,
    body: ToolCallBody,
    caller: Caller,
    rules: readonly PlacedRule[],
    late: Late | undefined,
  ): Promise<Judged> => {
    const { context } = caller;
    let args: Record<string, unknown>;
    try {
      args = parseArguments(tool, body.arguments);
    } catch (error) {
      // The call reports that itself; no approval is needed.
      if (error instanceof EverturnError) return { approval: 'none' };
      throw error;
    }
    const subject = await subjectOf(tool, args, { workspace: context.workspace, agent: context.agent, env });
    const decided = late
      ? { decision: 'allow' as const, rule: approvedLate(late, tool.name), words: approvedLate(late, tool.name).place }
      : decide(subject, rules);
    const because: Because = { ...decided, subject };
    if (decided.decision === 'deny')
      return { approval: 'deny', asked: { because, decision: 'deny', note: decided.words } };
    if (tool.asks) return { approval: 'pending', asked: { because, ...tool.asks(args) } };
    // No rule says to ask: its kind does, and the session leaves changes of files to the queue.
    if (decided.decision === 'ask' && decided.rule === null && isLeftToQueue(tool, caller.agent))
      return { approval: 'none' };
    if (decided.decision === 'ask') return { approval: 'pending', asked: { because } };
    if (isPlain(because)) return { approval: 'none' };
    return { approval: 'approve', asked: { because, decision: 'approve', ...(late ? { late: late.id } : {}) } };
  };

  return async (bodies: readonly ToolCallBody[], caller: Caller): Promise<Gated> => {
    if (bodies.length === 0) return { calls: [], approvals: [] };
    const permissions = await store.permissions.of(caller.sessionId);
    if (!permissions)
      throw new EverturnError('session_not_found', `Cannot run calls: session ${caller.sessionId} no longer exists`);
    const rules = rulesOf(caller.context, permissions, fileRules());
    const late = [...permissions.late];
    const calls: Call[] = [];
    const approvals: AskedApproval[] = [];
    for (const [call, body] of bodies.entries()) {
      const tool = body.isWhole === false ? undefined : caller.agent.tools.find(({ name }) => name === body.tool);
      const hash = argumentsHash(body.tool, body.arguments);
      const at = late.findIndex((one) => one.argumentsHash === hash);
      const [granted] = at < 0 ? [] : late.splice(at, 1);
      const { approval, asked } = tool
        ? await judge(tool, body, caller, rules, granted)
        : { approval: 'none' as const };
      // Labels only: a name the model made up stays in the transcript. A call that cannot run is `pure`, its result an error.
      calls.push({ call, tool: tool?.name ?? 'unknown', effect: tool?.effect ?? 'pure', approval });
      if (asked) approvals.push({ call, tool: body.tool, arguments: body.arguments, argumentsHash: hash, ...asked });
    }
    return { calls, approvals };
  };
};
