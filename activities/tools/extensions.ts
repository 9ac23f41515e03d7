import { hash } from 'node:crypto';
import type { SystemBody } from '../../contracts/chunks.ts';
import type { PreviousRequest } from '../../store/requests.ts';
import { toolDefinitions } from './registry.ts';
import type { Tool } from './tool.ts';

const kept = new WeakMap<Tool, string>();

const entryOf = (tool: Tool): string => {
  const entry =
    kept.get(tool) ??
    `${tool.name}:${hash('sha256', JSON.stringify(toolDefinitions([tool])), 'base64url').slice(0, 6)}`;
  kept.set(tool, entry);
  return entry;
};

/** The tools that do not come with Everturn, in one line: equal where they are offered as the same bytes. */
export const extensionsIn = (tools: readonly Tool[]): string =>
  tools
    .filter(({ source }) => source !== undefined)
    .map(entryOf)
    .toSorted()
    .join();

export const toolsChanged = 'tools-changed';
const maxNamed = 20;

const named = (words: string, names: readonly string[]): string[] => {
  if (names.length === 0) return [];
  const more = names.length > maxNamed ? ` and ${names.length - maxNamed} more` : '';
  return [`${words}: ${names.slice(0, maxNamed).join(', ')}${more}`];
};

const toMap = (line: string): Map<string, string> =>
  new Map(line.split(',').flatMap((entry) => (entry ? [entry.split(':') as [string, string]] : [])));

/** What a session is told when its tools are others than those of the request before: they begin an epoch of its prefix. */
export const toolNews = (previous: Pick<PreviousRequest, 'prefix'> | null, tools: readonly Tool[]): SystemBody[] => {
  const choices = previous?.prefix.choices;
  if (!choices) return [];
  const [before, now] = [toMap(choices.extensions ?? ''), toMap(extensionsIn(tools))];
  const parts = [
    ...named(
      'new',
      [...now.keys()].filter((name) => !before.has(name)),
    ),
    ...named(
      'changed',
      [...now.keys()].filter((name) => before.has(name) && before.get(name) !== now.get(name)),
    ),
    ...named(
      'gone',
      [...before.keys()].filter((name) => !now.has(name)),
    ),
  ];
  return parts.length === 0
    ? []
    : [{ kind: 'system', label: toolsChanged, text: `The tools changed: ${parts.join('; ')}.` }];
};
