import type { PlacedRule } from './rule.ts';

/** A rule in one line: `deny path **\/.env`. */
export const describeRule = ({
  decision,
  tool,
  kind,
  path,
  command,
  host,
  agent,
  reason,
}: PlacedRule['rule']): string => {
  const conditions = [
    ...(tool === undefined ? [] : [`tool ${tool}`]),
    ...(kind === undefined ? [] : [`kind ${kind}`]),
    ...(command === undefined ? [] : [`command ${command}`]),
    ...(path === undefined ? [] : [`path ${path}`]),
    ...(host === undefined ? [] : [`host ${host}`]),
    ...(agent === undefined ? [] : [`agent ${agent}`]),
  ];
  const words = `${decision} ${conditions.join(', ') || 'every call'}`;
  return reason === undefined ? words : `${words} (${reason})`;
};
