import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { SessionRow } from '../../contracts/api.ts';
import type { RunRow } from '../../contracts/runs.ts';
import { nothingFound, type SearchResults } from '../../contracts/search.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { anythingFound, stoppedEarly } from '../parts/found.ts';
import { icon } from '../parts/icons.ts';
import { Keys } from '../parts/keys.ts';
import { count } from '../parts/model/format.ts';
import { pageStyles } from '../parts/page.styles.ts';
import { go, pageHead, skeleton } from '../parts/page-head.ts';
import { queryText } from '../parts/query.ts';
import { shared } from '../parts/shared.styles.ts';
import { stateMarkStyles } from '../parts/state-mark.ts';
import { addressOf, addressOfRun } from '../shell/model/address.ts';
import { type Column, runColumns, sessionColumns } from './columns.ts';
import { listPageStyles } from './list-page.styles.ts';
import { addressOfList, type Filters, filterValues, type ListName, readFilters, withFilter } from './model/filters.ts';
import { canonicalSearch, isShown, type View, viewsOf } from './model/views.ts';
import type { Table } from './state/tables.ts';

const searchPauseMs = 200;
const fetchWithin = 600;

const labels: Record<string, string> = { status: 'Any state', kind: 'Flow or script', trigger: 'Any trigger' };
const nouns: Record<ListName, string> = { sessions: 'session', runs: 'run' };

/** Rows that were opened last, so that who comes back finds the place. */
const lastOpened: Partial<Record<ListName, string>> = {};

type Row = SessionRow | RunRow;
type ListPageProps = {
  list: ListName;
  /** The filters, as they stand in the address. */
  search: string;
  table: Table<Row> | null;
  found: SearchResults;
  views: readonly View[];
  compact: boolean;
  selected: string | null;
  naming: boolean;
};

/** All sessions or all runs: filters that are in the address, saved views, rows by keyboard (J, K, Enter), pages on scrolling. */
class ListPage extends element<ListPageProps>(
  {
    list: 'sessions',
    search: '',
    table: null,
    found: nothingFound,
    views: [],
    compact: false,
    selected: null,
    naming: false,
  },
  'selected',
  'naming',
) {
  static override styles = [shared, pageStyles, stateMarkStyles, listPageStyles];

  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new Keys(this, {
      j: () => this.move(1),
      k: () => this.move(-1),
      Enter: () => this.openSelected(),
    });
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('list')) this.selected = lastOpened[this.list] ?? null;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('selected') || (changed.has('table') && changed.get('table')?.status === 'loading'))
      this.renderRoot.querySelector('.row.selected')?.scrollIntoView({ block: 'nearest' });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('input[type="search"]')?.focus();
  }

  override render() {
    const { filters, faults } = readFilters(this.list, this.search);
    return html`
      ${pageHead(this.list === 'sessions' ? 'Sessions' : 'Runs', this.tools(filters))}
      <div>
        <nav class="views" aria-label="Views">
          ${viewsOf(this.views, this.list).map((view) => this.view(view))} ${this.saver(filters)}
        </nav>
        ${faults.map((fault) => html`<p class="fault" role="alert">${visible(fault)}</p>`)}
      </div>
      <div class="rows ${this.list}" @scroll=${this.scrolled}>${this.content(filters)}</div>
    `;
  }

  private tools(filters: Filters): TemplateResult {
    const known = filterValues[this.list];
    const chosen = Object.entries(known).filter(([name, values]) => values !== null && name !== 'archived');
    return html`<div class="search" role="search" aria-label="Search and filter ${this.list}">
        ${icon('search', 16)}
        <input
          type="search"
          aria-label="Search ${this.list}"
          placeholder=${this.list === 'sessions' ? 'Titles and everything said' : 'Name or id'}
          .value=${queryText(filters.q ?? '')}
          @input=${this.typed}
        />
      </div>
      <div class="filters">
        ${chosen.map(([name, values]) => this.select(name, values ?? [], filters[name] ?? ''))}
        ${['model', 'agent', 'flow'].filter((name) => name in known).map((name) => this.select(name, this.valuesOf(name, filters), filters[name] ?? ''))}
      </div>
      <div class="end">
        <button
          class="quiet icon"
          aria-pressed=${this.compact}
          title=${this.compact ? 'Comfortable rows' : 'Compact rows'}
          aria-label="Compact rows"
          @click=${() => request(this, 'choose-density', { density: this.compact ? 'comfortable' : 'compact' })}
        >
          ${icon('rows')}
        </button>
        ${
          this.list === 'sessions'
            ? html`<button class="primary" @click=${() => request(this, 'show-panel', { panel: 'new-session' })}>${icon('plus')}New session</button>`
            : html`<button class="primary" @click=${() => request(this, 'open-start', { tab: 'flow' })}>${icon('play', 14)}Start a run</button>`
        }
      </div>`;
  }

  /** What the rows that are here have, so that a choice never leads to nothing by a typing mistake. */
  private valuesOf(name: string, filters: Filters): string[] {
    const rows = this.table?.rows ?? [];
    const values = rows.flatMap((row) => {
      if ('title' in row) return [name === 'model' ? row.model : row.agent];
      return name === 'model' ? (row.models ?? []) : [row.name];
    });
    return [...new Set([...(filters[name] ? [filters[name]] : []), ...values])].toSorted();
  }

  private select(name: string, values: readonly string[], value: string): TemplateResult | typeof nothing {
    if (values.length === 0) return nothing;
    const any = labels[name] ?? `Any ${name === 'flow' ? 'name' : name}`;
    return html`<select class=${value ? 'on' : ''} aria-label=${any} @change=${(event: Event) => this.choose(name, event)}>
      <option value="" ?selected=${value === ''}>${any}</option>
      ${values.map((one) => html`<option value=${one} ?selected=${one === value}>${visible(one)}</option>`)}
    </select>`;
  }

  private view(view: View): TemplateResult {
    const isOwn = this.views.includes(view);
    const link = html`<a href="/${view.list}${view.search}" aria-current=${isShown(view, this.search) ? 'page' : nothing} @click=${go}>${visible(view.name)}</a>`;
    if (!isOwn) return link;
    return html`<span class="own">
      ${link}
      <button class="quiet icon" aria-label="Remove the view ${visible(view.name)}" title="Remove this view" @click=${() => request(this, 'remove-view', view)}>${icon('cross', 12)}</button>
    </span>`;
  }

  /** Filters that are no view yet can be saved as one. */
  private saver(filters: Filters): TemplateResult | typeof nothing {
    const isKnown = viewsOf(this.views, this.list).some((view) => isShown(view, this.search));
    if (isKnown || Object.keys(filters).length === 0) return nothing;
    if (!this.naming)
      return html`<button class="quiet" @click=${this.startNaming}>${icon('plus', 12)}Save as view</button>`;
    return html`<form @submit=${this.save} @keydown=${this.leaveOnEscape}>
      <input type="text" name="name" maxlength="40" aria-label="Name of the view" placeholder="Name of the view" autocomplete="off" />
      <button class="primary">Save</button>
    </form>`;
  }

  private content(filters: Filters): TemplateResult {
    const { table } = this;
    if (!table || (table.status === 'loading' && table.rows.length === 0)) return skeleton(`Loading ${this.list}`, 14);
    if (table.status === 'failed')
      return html`<div class="message" role="alert">
        <p>${visible(table.error?.message ?? '')}</p>
        <button @click=${() => request(this, 'read-rows', { list: this.list })}>Try again</button>
      </div>`;
    if (table.rows.length === 0 && !anythingFound(this.found)) return this.nothingFound(filters);
    return html`
      ${table.error ? html`<div class="failed" role="alert"><span>${visible(table.error.message)}</span><button class="small" @click=${() => request(this, 'read-rows', { list: this.list })}>Try again</button></div>` : nothing}
      ${
        // Columns of each list are of its own rows.
        this.list === 'sessions'
          ? this.rows(sessionColumns, table.rows as readonly SessionRow[])
          : this.rows(runColumns, table.rows as readonly RunRow[])
      }
      ${this.said()}
      <div class="foot" role="status">
        ${table.loadingMore ? 'Loading more…' : `${count(table.rows.length)}${table.nextCursor ? '+' : ''} ${nouns[this.list]}${table.rows.length === 1 ? '' : 's'}`}
      </div>
    `;
  }

  private nothingFound(filters: Filters): TemplateResult {
    if (Object.keys(filters).length > 0)
      return html`<div class="message">
        <p>No ${nouns[this.list]} matches these filters.</p>
        <button @click=${() => request(this, 'go', { address: addressOfList(this.list) })}>Clear filters</button>
      </div>`;
    return this.list === 'sessions'
      ? html`<div class="message"><p>No sessions yet. A session is a conversation with an agent that survives crashes and restarts.</p></div>`
      : html`<div class="message"><p>No runs yet. A run executes a flow or a script, step by step.</p></div>`;
  }

  private rows<Kind extends Row>(columns: readonly Column<Kind>[], rows: readonly Kind[]): TemplateResult {
    return html`<div role="table" aria-label=${this.list} aria-rowcount=${this.table?.nextCursor ? -1 : rows.length}>
      <div class="head" role="row">
        ${columns.map(({ name, title }) => html`<span class="cell ${name}" role="columnheader">${title}</span>`)}
      </div>
      ${repeat(
        rows,
        ({ id }) => id,
        (row) => html`<div class="row ${row.id === this.selected ? 'selected' : ''}" role="row" data-id=${row.id}>
          ${columns.map(({ name, cell }) => html`<span class="cell ${name}" role="cell">${name === 'name' ? this.link(row.id, cell(row)) : cell(row)}</span>`)}
        </div>`,
      )}
    </div>`;
  }

  private link(id: string, content: unknown): TemplateResult {
    const address = this.list === 'sessions' ? addressOf(id) : addressOfRun(id);
    return html`<a href=${address} @click=${this.clicked} @focus=${() => this.markSelected(id)}>${content}</a>`;
  }

  /** Sessions in which it was said. */
  private said(): TemplateResult | typeof nothing {
    if (!anythingFound(this.found)) return nothing;
    return html`<div class="found">
      <h2>In what was said</h2>
      ${this.found.results.map(
        ({
          sessionId,
          turn,
          title,
          isArchived,
          snippet,
          updatedAt,
        }) => html`<a href="${addressOf(sessionId)}#turn-${turn}" @click=${go}>
          <span class="title">${visible(title || 'Untitled session')}${isArchived ? ' · archived' : ''}</span>
          <span class="snippet">${snippet.map(({ text, isMatch }) => (isMatch ? html`<mark>${visible(text)}</mark>` : visible(text)))}</span>
          <ev-time at=${updatedAt}></ev-time>
        </a>`,
      )}
      ${stoppedEarly(this.found)}
    </div>`;
  }

  private markSelected(id: string): void {
    this.selected = id;
  }

  private move(by: 1 | -1): void {
    const rows = this.table?.rows ?? [];
    const at = rows.findIndex(({ id }) => id === this.selected);
    const next = rows[at === -1 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (!next) return;
    this.selected = next.id;
    void this.focusSelected();
    if (at + by >= rows.length - 5) request(this, 'more-rows', { list: this.list });
  }

  /** So that Enter, Tab and screen readers go on from there. */
  private async focusSelected(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('.row.selected a')?.focus();
  }

  private openSelected(): void {
    const { selected } = this;
    if (selected === null) return;
    lastOpened[this.list] = selected;
    request(this, 'go', { address: this.list === 'sessions' ? addressOf(selected) : addressOfRun(selected) });
  }

  private clicked(event: MouseEvent): void {
    const id = event.currentTarget instanceof Element ? event.currentTarget.closest('[data-id]') : null;
    if (id instanceof HTMLElement && id.dataset.id) lastOpened[this.list] = id.dataset.id;
    go(event);
  }

  private typed(event: Event): void {
    const { target } = event;
    if (!(target instanceof HTMLInputElement)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.filter('q', target.value.trim(), true), searchPauseMs);
  }

  private choose(name: string, { target }: Event): void {
    if (target instanceof HTMLSelectElement) this.filter(name, target.value, false);
  }

  private filter(name: string, value: string, replace: boolean): void {
    const { filters } = readFilters(this.list, this.search);
    request(this, 'go', { address: addressOfList(this.list, withFilter(filters, name, value)), replace });
  }

  private async startNaming(): Promise<void> {
    this.naming = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('.views input')?.focus();
  }

  private save(event: SubmitEvent): void {
    event.preventDefault();
    const name = this.renderRoot.querySelector<HTMLInputElement>('.views input')?.value ?? '';
    request(this, 'save-view', { list: this.list, name, search: canonicalSearch(this.list, this.search) });
    this.naming = false;
  }

  private leaveOnEscape(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.naming = false;
  }

  private scrolled(event: Event): void {
    const { currentTarget: list } = event;
    if (!(list instanceof HTMLElement) || !this.table?.nextCursor || this.table.loadingMore) return;
    if (list.scrollHeight - list.scrollTop - list.clientHeight < fetchWithin)
      request(this, 'more-rows', { list: this.list });
  }
}

customElements.define('ev-list-page', ListPage);
