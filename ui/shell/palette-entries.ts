import type { Session } from '../../contracts/api.ts';
import type { FlowSummary, ScriptSummary } from '../../contracts/found.ts';
import type { Run } from '../../contracts/runs.ts';
import type { SearchResult } from '../../contracts/search.ts';
import type { RequestName, Requests } from '../events.ts';

/** What choosing an entry asks for. */
type Ask = { [Name in RequestName]: { name: Name; detail: Requests[Name] } }[RequestName];
export type Entry = { key: string; kind: string; label: string; ask: Ask };

type Known = {
  sessions: readonly Session[];
  runs: readonly Run[];
  flows: readonly FlowSummary[];
  scripts: readonly ScriptSummary[];
};

const page = (address: string, label: string): Entry => ({
  key: `p${address}`,
  kind: 'Page',
  label,
  ask: { name: 'go', detail: { address } },
});

const pages: Entry[] = [
  page('/sessions', 'All sessions'),
  page('/sessions?status=waiting', 'Sessions that wait for you'),
  page('/sessions?status=failed', 'Sessions that failed'),
  page('/sessions?archived=true', 'Archived sessions'),
  page('/runs', 'All runs'),
  page('/runs?status=waiting', 'Runs that wait for you'),
  page('/runs?status=failed', 'Runs that failed'),
  page('/inbox', 'Inbox'),
  page('/schedules', 'Schedules'),
  page('/usage', 'Usage and cost'),
  page('/health', 'Health'),
  page('/settings', 'Settings'),
  page('/settings#permissions', 'Remembered permissions'),
  page('/settings#mcp', 'MCP servers'),
  page('/settings#memory', 'Memory notes'),
];

const commands: Entry[] = [
  {
    key: 'c/session',
    kind: 'Command',
    label: 'New session',
    ask: { name: 'show-panel', detail: { panel: 'new-session' } },
  },
  { key: 'c/flow', kind: 'Command', label: 'Start a flow', ask: { name: 'open-start', detail: { tab: 'flow' } } },
  { key: 'c/script', kind: 'Command', label: 'Start a script', ask: { name: 'open-start', detail: { tab: 'script' } } },
  {
    key: 'c/inbox',
    kind: 'Command',
    label: 'Inbox beside the page',
    ask: { name: 'show-panel', detail: { panel: 'inbox' } },
  },
  {
    key: 'c/agents',
    kind: 'Command',
    label: 'Background agents',
    ask: { name: 'show-panel', detail: { panel: 'subagents' } },
  },
  {
    key: 'c/system',
    kind: 'Command',
    label: 'Theme of the system',
    ask: { name: 'choose-theme', detail: { theme: 'system' } },
  },
  { key: 'c/light', kind: 'Command', label: 'Light theme', ask: { name: 'choose-theme', detail: { theme: 'light' } } },
  { key: 'c/dark', kind: 'Command', label: 'Dark theme', ask: { name: 'choose-theme', detail: { theme: 'dark' } } },
  {
    key: 'c/help',
    kind: 'Command',
    label: 'Keyboard shortcuts',
    ask: { name: 'show-panel', detail: { panel: 'help' } },
  },
  {
    key: 'c/compact',
    kind: 'Command',
    label: 'Compact rows',
    ask: { name: 'choose-density', detail: { density: 'compact' } },
  },
  {
    key: 'c/comfortable',
    kind: 'Command',
    label: 'Comfortable rows',
    ask: { name: 'choose-density', detail: { density: 'comfortable' } },
  },
];

const isStartable = ({ faults }: FlowSummary | ScriptSummary): boolean => faults.length === 0;

export const entriesOf = ({ sessions, runs, flows, scripts }: Known): Entry[] => [
  ...sessions.map(
    ({ id, title }): Entry => ({
      key: `s/${id}`,
      kind: 'Session',
      label: title || 'Untitled session',
      ask: { name: 'open-session', detail: { id } },
    }),
  ),
  ...runs.map(
    ({ id, name, status }): Entry => ({
      key: `r/${id}`,
      kind: 'Run',
      label: `${name} · ${status}`,
      ask: { name: 'open-run', detail: { id } },
    }),
  ),
  ...flows.filter(isStartable).map(
    ({ name }): Entry => ({
      key: `f/${name}`,
      kind: 'Flow',
      label: name,
      ask: { name: 'open-start', detail: { tab: 'flow', name } },
    }),
  ),
  ...scripts.filter(isStartable).map(
    ({ name }): Entry => ({
      key: `x/${name}`,
      kind: 'Script',
      label: name,
      ask: { name: 'open-start', detail: { tab: 'script', name } },
    }),
  ),
  ...pages,
  ...commands,
];

/** Sessions in which it was said, after what has it in its name. */
export const entriesOfText = (results: readonly SearchResult[]): Entry[] =>
  results.map(({ sessionId, turn, title, snippet }) => ({
    key: `t/${sessionId}/${turn}`,
    kind: title || 'Untitled session',
    label: snippet
      .map(({ text }) => text)
      .join('')
      .replaceAll(/\s+/g, ' ')
      .trim(),
    ask: { name: 'open-session', detail: { id: sessionId, turn } },
  }));

const wordStart = /[\s\-_/.·]/;

/** How well the letters of `wanted` are found in order, beginnings of words first; null when one is missing. */
export const scoreOf = (label: string, wanted: string): number | null => {
  const text = label.toLowerCase();
  const at = text.indexOf(wanted);
  if (at !== -1) return at === 0 || wordStart.test(text[at - 1] ?? '') ? 1000 - at : 500 - at;
  let score = 0;
  let from = 0;
  for (const letter of wanted) {
    const place = text.indexOf(letter, from);
    if (place === -1) return null;
    score += place === 0 || wordStart.test(text[place - 1] ?? '') ? 3 : place === from ? 2 : 0;
    from = place + 1;
  }
  return score;
};

const maxShown = 50;

/** The best first; all of them, as they come, while nothing is looked for. */
export const found = (entries: readonly Entry[], search: string): Entry[] => {
  const wanted = search.trim().toLowerCase();
  if (wanted === '') return entries.slice(0, maxShown);
  return entries
    .flatMap((entry) => {
      const score = scoreOf(`${entry.label} ${entry.kind}`, wanted);
      return score === null ? [] : [{ entry, score }];
    })
    .toSorted((a, b) => b.score - a.score)
    .slice(0, maxShown)
    .map(({ entry }) => entry);
};
