import { html, nothing, type TemplateResult } from 'lit';
import { nothingFound } from '../../contracts/search.ts';
import { loadPart } from '../parts/load-part.ts';
import type { OperatePage, ViewAddress } from '../shell/model/address.ts';
import type { AppState } from '../state.ts';

/** Loaded when they are first opened: who talks to agents needs none of them. */
const load: Record<OperatePage | 'list', () => Promise<unknown>> = {
  list: () => import('../list/list-page.ts'),
  inbox: () => import('../inbox/inbox-page.ts'),
  schedules: () => import('./schedules-page.ts'),
  usage: () => import('./usage-page.ts'),
  health: () => import('./health-page.ts'),
  settings: () => import('./settings-page.ts'),
};

const titles: Record<OperatePage, string> = {
  inbox: 'Inbox',
  schedules: 'Schedules',
  usage: 'Usage',
  health: 'Health',
  settings: 'Settings',
};

export const viewTitle = (view: ViewAddress | null): string | undefined => {
  if (view?.page === 'list') return view.list === 'sessions' ? 'Sessions' : 'Runs';
  return view ? titles[view.what] : undefined;
};

/** The list or the operator's page that the address names. */
export const viewScreen = (state: AppState): TemplateResult | typeof nothing => {
  const { shell, tables, views, parts, approvals, sessions, runs } = state;
  const { view, density, health } = shell;
  if (!view) return nothing;
  const isCompact = density === 'compact';
  const page = view.page === 'list' ? 'list' : view.what;
  loadPart(`ev-${page}-page`, load[page]);
  if (view.page === 'list') {
    return html`<ev-list-page
      .list=${view.list}
      .search=${view.search}
      .table=${tables[view.list]}
      .found=${view.list === 'sessions' ? tables.found : nothingFound}
      .views=${views}
      ?compact=${isCompact}
    ></ev-list-page>`;
  }
  switch (view.what) {
    case 'inbox':
      return html`<ev-inbox-page .approvals=${approvals} .sessions=${sessions.items} .runs=${runs.items}></ev-inbox-page>`;
    case 'schedules':
      return html`<ev-schedules-page .parts=${parts} .grants=${shell.trust && !shell.trust.trusted ? shell.trust.grants : []} .locked=${approvals.locked} ?compact=${isCompact}></ev-schedules-page>`;
    case 'usage':
      return html`<ev-usage-page .parts=${parts} .search=${view.search} .runs=${runs.items} ?compact=${isCompact}></ev-usage-page>`;
    case 'health':
      return html`<ev-health-page .parts=${parts} .health=${health} .unhealthy=${shell.unhealthy} .locked=${approvals.locked} ?compact=${isCompact}></ev-health-page>`;
    case 'settings':
      return html`<ev-settings-page .parts=${parts} .section=${view.section} .locked=${approvals.locked} ?compact=${isCompact}></ev-settings-page>`;
  }
};
