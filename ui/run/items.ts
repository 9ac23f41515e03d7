import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ItemCounts, NodeStatus, RunNode } from '../../contracts/runs.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { count } from '../parts/model/format.ts';
import { runLink, sessionLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { stateMark, stateMarkStyles, stateWords } from '../parts/state-mark.ts';
import { itemStyles } from './items.styles.ts';
import type { ItemList, ItemRequest, ResultState } from './model/open-run.ts';
import { countOrder, totalOf, usedTokens } from './model/steps.ts';
import '../parts/elapsed.ts';
import '../parts/long-text.ts';
import './result.ts';

const pageSize = 100;

type ItemsViewProps = {
  runId: string;
  step: string;
  counts: ItemCounts;
  list: ItemList | null;
  results: Record<string, ResultState>;
  /** The place that the address names. */
  target: number | null;
  opened: ReadonlySet<number>;
};

/** The items of a step that maps, a page at a time. */
class ItemsView extends element<ItemsViewProps>(
  { runId: '', step: '', counts: {}, list: null, results: {}, target: null, opened: new Set() },
  'opened',
) {
  static override styles = [shared, stateMarkStyles, itemStyles];

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('target') && this.target !== null) this.opened = new Set([this.target]);
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    const { target, list } = this;
    const isMissing = target !== null && changed.has('target') && !list?.items.some(({ index }) => index === target);
    if (isMissing || !list) this.load({ from: Math.floor((target ?? 0) / pageSize) * pageSize, filter: null });
    const row = target === null ? null : this.renderRoot.querySelector<HTMLElement>(`[data-index="${target}"]`);
    if (row && !row.dataset.shown) {
      row.dataset.shown = 'true';
      row.scrollIntoView({ block: 'center' });
    }
  }

  private load(page: Omit<ItemRequest, 'step'>): void {
    request(this, 'load-items', { step: this.step, ...page });
  }

  override render() {
    const { list } = this;
    if (!list) return nothing;
    return html`
      <div class="bar">${this.filters(list)}${this.pager(list)}</div>
      ${list.status === 'failed' ? html`<p class="message failed" role="alert">${list.error?.message} <button class="link" @click=${() => this.load(list)}>Try again</button></p>` : nothing}
      ${list.status === 'loading' && list.items.length === 0 ? html`<p class="message" role="status">Loading items…</p>` : nothing}
      ${list.status === 'ready' && list.items.length === 0 ? html`<p class="message">No item is ${list.filter ? stateWords[list.filter] : 'here'}.</p>` : nothing}
      <ol class=${list.status === 'loading' ? 'loading' : ''}>
        ${repeat(
          list.items,
          ({ key }) => key,
          (item) => this.row(item),
        )}
      </ol>
    `;
  }

  private filters(list: ItemList) {
    const choice = (filter: NodeStatus | null, words: string, number: number) => html`<button
      class="filter"
      aria-pressed=${list.filter === filter}
      @click=${() => this.load({ from: 0, filter })}
    >${words} <span class="numbers">${count(number)}</span></button>`;
    const there = countOrder.filter((status) => (this.counts[status] ?? 0) > 0 || status === list.filter);
    return html`<div class="filters" role="group" aria-label="Items by state">
      ${choice(null, 'all', totalOf(this.counts))}
      ${there.map((status) => choice(status, stateWords[status], this.counts[status] ?? 0))}
    </div>`;
  }

  private pager({ items, from, before, filter, nextIndex }: ItemList) {
    const [first, last] = [items.at(0)?.index, items.at(-1)?.index];
    if (first === undefined || last === undefined || (from === 0 && nextIndex === null)) return nothing;
    const previous = before.at(-1) ?? (filter === null && from > 0 ? Math.max(0, from - pageSize) : null);
    return html`<div class="pager">
      <span class="numbers">${count(first ?? 0)}–${count(last ?? 0)}</span>
      <button class="quiet icon back" aria-label="Items before" ?disabled=${previous === null} @click=${() => this.load({ from: previous ?? 0, filter, before: before.slice(0, -1) })}>${icon('chevron', 14)}</button>
      <button class="quiet icon" aria-label="Items after" ?disabled=${nextIndex === null} @click=${() => this.load({ from: nextIndex ?? 0, filter, before: [...before, from] })}>${icon('chevron', 14)}</button>
    </div>`;
  }

  private row(item: RunNode) {
    const { status, attempt, reusedFrom, sessionId, childRun, startedAt, endedAt, reason, code } = item;
    const index = item.index ?? 0;
    const isOpen = this.opened.has(index);
    return html`<li data-index=${index} class=${index === this.target ? 'target' : ''}>
      <div class="row">
        <button class="head" aria-expanded=${isOpen} @click=${() => this.toggle(index)}>
          <span class="chevron">${icon('chevron', 12)}</span>
          <span class="index numbers">${count(index)}</span>
          ${stateMark(status)}
        </button>
        <span class="why" title=${reason ?? ''}>${reason ?? code ?? ''}</span>
        <span class="facts numbers">
          ${reusedFrom ? html`<span title="Used again from run ${reusedFrom}">reused</span>` : nothing}
          ${attempt > 1 ? html`<span>attempt ${attempt}</span>` : nothing}
          ${item.usage ? html`<span>${usedTokens(item)} tokens</span>` : nothing}
          ${startedAt && status !== 'pending' ? html`<ev-elapsed .from=${startedAt} .to=${endedAt}></ev-elapsed>` : nothing}
          ${sessionId ? sessionLink(sessionId, 'Session') : nothing}
          ${childRun ? runLink(childRun, 'Run') : nothing}
        </span>
      </div>
      ${
        isOpen
          ? html`<div class="body">
              ${reason ? html`<ev-long-text .text=${reason} label=${code ? `Reason · ${code}` : 'Reason'}></ev-long-text>` : nothing}
              <ev-result .target=${{ step: this.step, index }} .result=${this.results[item.key] ?? null}></ev-result>
            </div>`
          : nothing
      }
    </li>`;
  }

  private toggle(index: number): void {
    const opened = new Set(this.opened);
    if (!opened.delete(index)) opened.add(index);
    this.opened = opened;
  }
}

customElements.define('ev-items', ItemsView);
