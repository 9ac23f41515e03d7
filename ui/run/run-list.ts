import { html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Run } from '../../contracts/runs.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { sessionListStyles } from '../parts/list.styles.ts';
import { moveFocus } from '../parts/move-focus.ts';
import { shared } from '../parts/shared.styles.ts';
import { runMark, stateMarkStyles } from '../parts/state-mark.ts';
import { addressOfRun } from '../shell/model/address.ts';
import type { Runs } from './state/runs.ts';
import '../parts/elapsed.ts';
import '../parts/time.ts';

const fetchWithin = 300;

type RunListProps = {
  runs: Runs | null;
  selected: string | null;
};

/** The runs, newest first, by keyboard as the sessions are. */
class RunList extends element<RunListProps>({ runs: null, selected: null }) {
  static override styles = [shared, sessionListStyles, stateMarkStyles];

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('selected')) this.renderRoot.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }

  override render() {
    const { runs } = this;
    if (!runs) return nothing;
    if (runs.status === 'loading' && runs.items.length === 0) {
      return html`<div class="skeleton" aria-label="Loading runs" role="status">${[0, 1, 2, 3, 4].map(() => html`<i></i>`)}</div>`;
    }
    if (runs.status === 'failed') {
      return html`<div class="message" role="alert">
        <p>${runs.error?.message}</p>
        <button @click=${() => request(this, 'filter-runs', { status: runs.filter })}>Try again</button>
      </div>`;
    }
    if (runs.items.length === 0) {
      return html`<p class="message">${runs.filter ? `No run is ${runs.filter}.` : html`No runs yet. <button class="link" @click=${() => request(this, 'open-start', { tab: 'flow' })}>Start a flow</button> or <button class="link" @click=${() => request(this, 'open-start', { tab: 'script' })}>a script</button>.`}</p>`;
    }
    const focusable = runs.items.some(({ id }) => id === this.selected) ? this.selected : runs.items[0]?.id;
    return html`<nav aria-label="Runs" @keydown=${moveFocus} @scroll=${this.scrolled}>
      <ul>
        ${repeat(
          runs.items,
          ({ id }) => id,
          (run) => this.row(run, run.id === focusable),
        )}
      </ul>
      ${runs.loadingMore ? html`<p class="message">Loading more…</p>` : nothing}
    </nav>`;
  }

  private row(run: Run, focusable: boolean) {
    const { id, name, kind, createdAt } = run;
    return html`<li>
      <a
        class="wide"
        href=${addressOfRun(id)}
        data-id=${id}
        tabindex=${focusable ? 0 : -1}
        aria-current=${id === this.selected ? 'page' : nothing}
        @click=${this.clicked}
      >
        <span class="title">${visible(name)}</span>
        <span class="facts">${runMark(run)}${kind === 'script' ? html`<span class="kind" title="A script">${icon('script', 12)}script</span>` : nothing}<ev-time at=${createdAt}></ev-time></span>
      </a>
    </li>`;
  }

  private clicked(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const row = event.currentTarget;
    if (!(row instanceof HTMLElement) || !row.dataset.id) return;
    event.preventDefault();
    request(this, 'open-run', { id: row.dataset.id });
  }

  private scrolled(event: Event): void {
    const list = event.currentTarget;
    if (!(list instanceof HTMLElement) || !this.runs?.nextCursor || this.runs.loadingMore) return;
    if (list.scrollHeight - list.scrollTop - list.clientHeight < fetchWithin) request(this, 'more-runs', null);
  }
}

customElements.define('ev-run-list', RunList);
