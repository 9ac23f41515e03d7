import { EverturnError } from '../../contracts/errors.ts';
import type { Decided } from '../../contracts/permissions/because.ts';
import { decide } from '../../contracts/permissions/decide.ts';
import type { PlacedRule } from '../../contracts/permissions/rule.ts';
import type { Subject } from '../../contracts/permissions/subject.ts';
import type { CallContext } from '../../store/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import { argumentsHash } from '../tools/registry.ts';
import { quote } from '../tools/text.ts';
import type { Tool, ToolContext } from '../tools/tool.ts';
import { isLeftToQueue } from '../turn/calls.ts';
import { rulesOf } from './rules.ts';
import { movedSince, subjectOf } from './subject-of.ts';

/** What a call may open while it runs. */
export type Permitted = Pick<ToolContext, 'pathRefusal' | 'isHidden' | 'hostRefusal'>;

const denied = (tool: string, why: string): EverturnError =>
  new EverturnError('tool_denied', `Cannot run ${tool}: ${why}`);

const refusalOf = ({ decision, words }: Decided): string | null => {
  if (decision === 'allow') return null;
  return decision === 'deny' ? `a rule denies it: ${words}` : `a rule says to ask first: ${words}`;
};

/** Whether rules can hide single files from a call that walks over many. */
const hidesFiles = (rules: readonly PlacedRule[]): boolean =>
  rules.some(({ rule }) => rule.decision !== 'allow' && rule.path !== undefined);

const permitted = (subject: Subject, approved: Subject | null, rules: readonly PlacedRule[]): Permitted => {
  const about = (change: Partial<Subject>): Decided =>
    decide({ ...subject, command: null, isAsking: false, kind: 'read', ...change }, rules);
  const forbidden = (real: string, kind: Subject['kind']): Decided | null => {
    const decided = about({ paths: [real], hosts: [], kind });
    // What its kind asks for was answered; what counts here is whether a rule is about this very path.
    return decided.rule?.rule.path === undefined || decided.decision === 'allow' ? null : decided;
  };
  return {
    pathRefusal: (real) => {
      if (approved?.paths.includes(real) || approved?.command?.cwd === real) return null;
      const decided = forbidden(real, subject.kind);
      return decided && refusalOf(decided);
    },
    isHidden: hidesFiles(rules) ? (real) => !approved?.paths.includes(real) && forbidden(real, 'read') !== null : null,
    hostRefusal: (host) => {
      if (subject.hosts.includes(host)) return null;
      return refusalOf(about({ paths: [], hosts: [host] }));
    },
  };
};

/**
 * Whether a call may run now, and what it may open. A user, or a rule, has allowed these arguments, leading to these
 * places; without such a record the rules as they are now allow it. Throws `tool_denied`.
 */
export const checkCall = async (
  { tool, args, call }: { tool: Tool; args: Record<string, unknown>; call: CallContext },
  { fileRules, commandEnv: env }: Pick<Dependencies, 'fileRules' | 'commandEnv'>,
): Promise<Permitted> => {
  const { approval, body, workspace, agent, permissions } = call;
  const rules = rulesOf(call, permissions, fileRules());
  const subject = await subjectOf(tool, args, { workspace, agent, env });
  if (approval === null) {
    const decided = decide(subject, rules);
    const isQueued = decided.rule === null && isLeftToQueue(tool, call);
    const refusal = tool.asks ? 'it has no answer' : isQueued ? null : refusalOf(decided);
    if (refusal !== null) throw denied(tool.name, refusal);
    return permitted(subject, null, rules);
  }
  const isApproved = approval.status === 'answered' && approval.decision === 'approve';
  if (!isApproved || approval.argumentsHash !== argumentsHash(body.tool, body.arguments))
    throw denied(tool.name, 'this call with these arguments was not allowed');
  const then = approval.because?.subject ?? null;
  const moved = then && movedSince(then, subject);
  if (moved !== null)
    throw denied(
      tool.name,
      `since it was approved, what it names leads elsewhere, to ${quote(moved)}; make the call again`,
    );
  return permitted(subject, then, rules);
};
