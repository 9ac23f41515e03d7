import { css, html, nothing, type TemplateResult } from 'lit';
import type { RunStatus } from '../../contracts/runs.ts';
import { maxCounted } from '../../contracts/work.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { type IconName, icon, logo } from '../parts/icons.ts';
import { go } from '../parts/page-head.ts';
import { queryText } from '../parts/query.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Runs } from '../run/state/runs.ts';
import type { Sessions } from '../session/state/sessions.ts';
import type { RailList, ThemeChoice } from './model/shell.ts';
import type { Shell } from './state/shell.ts';
import '../run/run-list.ts';
import '../session/session-list.ts';
import './trust-notice.ts';

const searchPauseMs = 200;
const nextTheme: Record<ThemeChoice, ThemeChoice> = { system: 'light', light: 'dark', dark: 'system' };
const filters: RunStatus[] = ['running', 'completed', 'failed', 'cancelled'];
const themeIcon = { system: 'system', light: 'sun', dark: 'moon' } as const;

type RailProps = {
  shell: Shell | null;
  sessions: Sessions | null;
  runs: Runs | null;
  /** The session or run that is open. */
  selected: string | null;
  /** How many approvals and questions wait. */
  pending: number;
  /** How many background agents run or wait for a place. */
  background: number;
};

/** The left edge: new session, the list of sessions or that of runs, what waits for a person, which model answers. */
class Rail extends element<RailProps>({
  shell: null,
  sessions: null,
  runs: null,
  selected: null,
  pending: 0,
  background: 0,
}) {
  private timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
        display: grid;
        grid-template: auto auto auto auto minmax(0, 1fr) auto / minmax(0, 1fr);
        min-height: 0;
        background: var(--rail);
      }
      .skip {
        position: absolute;
        top: var(--space-2);
        left: var(--space-2);
        z-index: 5;
      }
      .skip:not(:focus-visible) {
        width: 1px;
        height: 1px;
        min-height: 0;
        padding: 0;
        overflow: hidden;
        clip-path: inset(50%);
      }
      .brand {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: 3.5rem;
        padding: 0 var(--space-3) 0 var(--space-5);
      }
      .brand a {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        color: inherit;
        font-weight: 650;
        letter-spacing: -0.01em;
        text-decoration: none;
      }
      .places {
        display: grid;
        gap: 1px;
        padding: 0 var(--space-2) var(--space-3);
      }
      .places a {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        min-height: 1.75rem;
        padding: 0 var(--space-3);
        border-radius: var(--radius-s);
        color: inherit;
        font-size: var(--text-s);
        text-decoration: none;
      }
      .places a:hover {
        background: var(--hover);
      }
      .places a[aria-current] {
        background: var(--active);
        font-weight: 550;
      }
      .places a:focus-visible {
        outline-offset: -2px;
      }
      .places svg {
        color: var(--muted);
      }
      .places .counts {
        display: inline-flex;
        gap: var(--space-2);
        margin-left: auto;
        font-size: var(--text-xs);
        font-variant-numeric: tabular-nums;
      }
      .places .counts span {
        display: inline-flex;
        align-items: center;
        gap: 0.25rem;
      }
      .counts .running {
        color: var(--state-running);
      }
      .counts .waiting {
        color: var(--state-waiting);
      }
      .counts .failed {
        color: var(--state-failed);
      }
      .counts i {
        width: 0.4375rem;
        height: 0.4375rem;
        border-radius: 50%;
        background: currentColor;
      }
      .counts .waiting i {
        background: none;
        box-shadow: inset 0 0 0 2px currentColor;
      }
      .counts .failed i {
        border-radius: 1px;
        transform: rotate(45deg);
      }
      @media (max-height: 44rem) {
        .places {
          grid-template-columns: 1fr 1fr;
        }
      }
      .lists {
        display: grid;
        grid-template-columns: 1fr 1fr;
        margin: 0 var(--space-4) var(--space-3);
        padding: 2px;
        border-radius: var(--radius-s);
        background: var(--active);
      }
      .lists button {
        min-height: 1.75rem;
        border: 0;
        background: none;
        color: var(--muted);
      }
      .lists button[aria-pressed='true'] {
        background: var(--surface);
        color: var(--fg);
        box-shadow: var(--shadow);
      }
      .search select {
        height: 2rem;
        padding: 0 var(--space-2);
        border-color: var(--line);
        font-size: var(--text-s);
      }
      .search {
        position: relative;
        padding: 0 var(--space-4) var(--space-3);
      }
      .search svg {
        position: absolute;
        top: 0.5rem;
        left: calc(var(--space-4) + 0.625rem);
        color: var(--muted);
      }
      .search input {
        height: 2rem;
        padding: 0 var(--space-2) 0 2rem;
        border-color: var(--line);
        font-size: var(--text-s);
      }
      .foot {
        padding: var(--space-2) var(--space-4) var(--space-3);
        border-top: 1px solid var(--line);
        font-size: var(--text-xs);
        color: var(--muted);
      }
      .inbox {
        width: 100%;
        justify-content: flex-start;
        border-color: transparent;
        background: none;
        padding-inline: var(--space-2);
        font-weight: 400;
      }
      .inbox .badge {
        margin-left: auto;
        min-width: 1.375rem;
        padding: 0 0.4rem;
        border-radius: 1rem;
        background: var(--warn);
        color: var(--surface);
        font-size: var(--text-xs);
        font-weight: 650;
        line-height: 1.375rem;
        text-align: center;
        font-variant-numeric: tabular-nums;
      }
      .inbox .badge.calm {
        background: var(--state-running);
      }
      .model {
        display: flex;
        align-items: center;
        gap: var(--space-1);
        padding-left: var(--space-2);
      }
      .model span {
        min-width: 0;
        margin-right: auto;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .offline {
        flex: 0 1 auto;
        padding: 0.1rem 0.5rem;
        border: 1px solid var(--warn-line);
        border-radius: 1rem;
        background: var(--warn-soft);
        color: var(--warn);
        font-weight: 600;
      }
      .down {
        color: var(--danger);
      }
    `,
  ];

  override render() {
    const { shell } = this;
    if (!shell) return nothing;
    return html`
      <button class="skip" @click=${() => this.dispatchEvent(new Event('skip'))}>Skip to content</button>
      <div class="brand">
        <a href="/" @click=${this.home}>${logo()}<span>Everturn</span></a>
        <button class="quiet icon" title="New session (N)" aria-label="New session" @click=${() => this.show('new-session')}>${icon('plus')}</button>
      </div>
      <nav class="places" aria-label="Pages">
        ${this.place('/sessions', 'Sessions', 'chat', shell.counts?.sessions)} ${this.place('/runs', 'Runs', 'branch', shell.counts?.runs)}
        ${this.place('/schedules', 'Schedules', 'clock')} ${this.place('/usage', 'Usage', 'chart')}
        ${this.place('/health', 'Health', 'pulse')} ${this.place('/settings', 'Settings', 'gear')}
      </nav>
      <div class="lists" role="group" aria-label="What is listed">${this.choice('sessions', 'Sessions')}${this.choice('runs', 'Runs')}</div>
      ${shell.railList === 'runs' ? this.runList() : this.sessionList()}
      <div class="foot">
        <ev-trust-notice .trust=${shell.trust}></ev-trust-notice>
        <button class="inbox" @click=${() => this.show('inbox')}>
          ${icon('inbox')}<span>Inbox</span>
          ${this.pending > 0 ? html`<span class="badge" aria-label="${this.pending} waiting">${this.pending}</span>` : nothing}
        </button>
        <button class="inbox" title="Background agents (B)" @click=${() => this.show('subagents')}>
          ${icon('agents')}<span>Background agents</span>
          ${this.background > 0 ? html`<span class="badge calm" aria-label="${this.background} running">${this.background}</span>` : nothing}
        </button>
        <div class="model">
          ${this.model(shell)}
          <button
            class="quiet icon"
            title="Theme: ${shell.theme}"
            aria-label="Theme: ${shell.theme}. Change"
            @click=${() => request(this, 'choose-theme', { theme: nextTheme[shell.theme] })}
          >
            ${icon(themeIcon[shell.theme])}
          </button>
          <button
            class="quiet icon"
            title="Density: ${shell.density}"
            aria-label="Density: ${shell.density}. Change"
            @click=${() => request(this, 'choose-density', { density: shell.density === 'compact' ? 'comfortable' : 'compact' })}
          >
            ${icon('rows')}
          </button>
          <button class="quiet icon" title="Keyboard shortcuts (?)" aria-label="Keyboard shortcuts" @click=${() => this.show('help')}>${icon('help')}</button>
        </div>
      </div>
    `;
  }

  /** With what runs, waits and failed there, so that it is seen from every page. */
  private place(
    address: string,
    words: string,
    sign: IconName,
    counts?: { running: number; waiting: number; failed: number },
  ): TemplateResult {
    const view = this.shell?.view ?? null;
    const name = view?.page === 'list' ? view.list : view?.what;
    return html`<a href=${address} aria-current=${address === `/${name}` ? 'page' : nothing} @click=${go}>
      ${icon(sign)}<span>${words}</span>
      ${counts ? html`<span class="counts">${this.count('running', counts.running)}${this.count('waiting', counts.waiting)}${this.count('failed', counts.failed)}</span>` : this.warning(words)}
    </a>`;
  }

  private count(state: 'running' | 'waiting' | 'failed', number: number): TemplateResult | typeof nothing {
    if (number === 0) return nothing;
    const words = state === 'failed' ? `${number} failed in the last 24 hours` : `${number} ${state}`;
    return html`<span class=${state} title=${words}><i></i>${number >= maxCounted ? `${maxCounted - 1}+` : number}<span class="hidden-text"> ${state}</span></span>`;
  }

  /** Health says from everywhere when something is wrong. */
  private warning(words: string): TemplateResult | typeof nothing {
    const { health, unhealthy } = this.shell ?? {};
    const isWrong = unhealthy || (health && (health.status !== 'ok' || health.workers === 0));
    if (words !== 'Health' || !isWrong) return nothing;
    return html`<span class="counts"><span class="failed"><i></i><span class="hidden-text">something is wrong</span></span></span>`;
  }

  private choice(list: RailList, words: string) {
    return html`<button aria-pressed=${this.shell?.railList === list} @click=${() => request(this, 'show-list', { list })}>${words}</button>`;
  }

  private sessionList() {
    return html`<div class="search" role="search">
        ${icon('search', 16)}
        <input id="search" type="search" placeholder="Search sessions" aria-label="Search sessions" .value=${queryText(this.sessions?.q ?? '')} @input=${this.typed} @keydown=${this.pressed} />
      </div>
      <ev-session-list .sessions=${this.sessions} .selected=${this.selected}></ev-session-list>`;
  }

  private runList() {
    const filter = this.runs?.filter ?? '';
    return html`<div class="search">
        <select aria-label="Runs by state" @change=${this.filtered} @keydown=${this.pressed}>
          <option value="" ?selected=${filter === ''}>All runs</option>
          ${filters.map((status) => html`<option value=${status} ?selected=${filter === status}>${status}</option>`)}
        </select>
      </div>
      <ev-run-list .runs=${this.runs} .selected=${this.selected}></ev-run-list>`;
  }

  private filtered(event: Event): void {
    const { target } = event;
    if (!(target instanceof HTMLSelectElement)) return;
    request(this, 'filter-runs', { status: filters.find((status) => status === target.value) ?? null });
  }

  private model({ health, unhealthy }: Shell) {
    if (unhealthy) return html`<span class="down" role="status" title=${unhealthy.message}>Not reachable</span>`;
    if (!health) return html`<span></span>`;
    if (health.workers === 0) {
      return html`<span class="down" role="status" title="Messages are kept and answered when a worker is back">No worker running</span>`;
    }
    if (health.model.offline) {
      return html`<span class="offline" title="No provider is configured: the built-in model answers. Name one in everturn.yaml.">Offline model</span>`;
    }
    const wrong = health.status === 'ok' ? '' : ' · degraded';
    return html`<span title="Everturn ${health.version}, ${health.workers} workers${wrong}">${health.model.label}${wrong}</span>`;
  }

  private show(panel: Shell['panel']): void {
    request(this, 'show-panel', { panel });
  }

  private home(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    request(this, 'open-session', { id: null });
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('.search input, .search select')?.focus();
  }

  private typed(event: Event): void {
    const { target } = event;
    if (!(target instanceof HTMLInputElement)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => request(this, 'search-sessions', { q: target.value.trim() }), searchPauseMs);
  }

  private pressed(event: KeyboardEvent): void {
    // In the choice of a state the arrows choose.
    const isChoice = event.target instanceof HTMLSelectElement;
    if (event.key !== (isChoice ? 'Enter' : 'ArrowDown')) return;
    event.preventDefault();
    this.renderRoot
      .querySelector('ev-session-list, ev-run-list')
      ?.shadowRoot?.querySelector<HTMLElement>('a[tabindex="0"]')
      ?.focus();
  }
}

customElements.define('ev-rail', Rail);
