import type { McpServer, ToolRule } from '../../../contracts/mcp.ts';
import type { DescribedTool } from '../../../contracts/tool-sources.ts';

/** What a server says of a tool: a stranger's word. */
export type Hints = { readOnlyHint?: boolean; destructiveHint?: boolean; idempotentHint?: boolean };

export type Rights = Pick<DescribedTool, 'permission' | 'effect'>;

type Server = Pick<McpServer, 'permission' | 'trustHints' | 'tools'>;

/** Whether `*` of the pattern can be filled in so that it is the name. Takes time with the product of both lengths at most. */
export const fits = (pattern: string, name: string): boolean => {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === name;
  if (!name.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
};

export const ruleOf = ({ tools }: Pick<Server, 'tools'>, own: string): ToolRule =>
  Object.entries(tools).find(([pattern]) => fits(pattern, own))?.[1] ?? {};

const permissionOf = (server: Server, rule: ToolRule, hints: Hints): Rights['permission'] => {
  if (rule.permission) return rule.permission;
  if (server.trustHints && hints.readOnlyHint === true && hints.destructiveHint !== true) return 'read';
  const changes = hints.readOnlyHint === false || hints.destructiveHint === true;
  // A hint makes a call stricter than its server is, whoever gives it.
  if (changes && server.permission === 'read') return 'run';
  if (hints.destructiveHint === true && server.permission === 'write') return 'run';
  return server.permission;
};

/**
 * What a call may do and what becomes of it when it is cut off. A person's rule counts, then what they say of the server. The
 * server's own hints make a call stricter, and more lenient only where the person trusts them.
 */
export const rightsOf = (server: Server, own: string, hints: Hints): Rights => {
  const rule = ruleOf(server, own);
  const permission = permissionOf(server, rule, hints);
  if (rule.effect) return { permission, effect: rule.effect };
  if (permission === 'read') return { permission, effect: 'pure' };
  return { permission, effect: server.trustHints && hints.idempotentHint === true ? 'idempotent' : 'once' };
};
