import { css, html, nothing, type PropertyValues } from 'lit';
import type { TurnSummary } from '../../contracts/turn-summary.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { dollars, duration, plural, timeOfDay, tokens } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import { rateKeys, rateMark, shapeBar, shapeKeys, shapeStyles, shapeTitle } from './cache-shape.ts';
import type { TurnList } from './model/beside.ts';
import { rateOf, totalOf } from './model/cache-rate.ts';
import '../parts/elapsed.ts';

/** Columns of the chart. */
const maxColumns = 60;
const rowHeight = 64;
const spareRows = 8;

/** What a background agent brought back begins with its name. */
const titleOf = (said: string): string =>
  said.replace(/^\[Background agent "([^\n]*?)" \([^)\n]*\) ([^\]\n]*)\]\s*/, 'Background agent “$1” $2: ');

const signs = { running: 'play', waiting: 'warning', failed: 'cross', cancelled: 'stop' } as const;

type TurnListProps = {
  sessionId: string;
  list: TurnList | null;
  /** The turn that is on the screen. */
  active: number | null;
  /** Turns that wait for an answer. */
  asking: readonly number[];
  top: number;
  height: number;
};

/** The turns of a session in one line each, with what the cache served; a click scrolls the conversation. */
class TurnListView extends element<TurnListProps>(
  { sessionId: '', list: null, active: null, asking: [], top: 0, height: 800 },
  'top',
  'height',
) {
  private readonly sizes = new ResizeObserver(([entry]) => {
    if (entry) this.height = entry.contentRect.height;
  });

  static override styles = [
    shared,
    shapeStyles,
    css`
      :host {
        display: grid;
        grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
        height: 100%;
        min-height: 0;
        font-size: var(--text-s);
      }
      .chart {
        display: grid;
        gap: var(--space-2);
        padding: var(--space-3) var(--space-4);
        border-bottom: 1px solid var(--line);
      }
      h2 {
        margin: 0;
        font-size: var(--text-xs);
        font-weight: 500;
        color: var(--muted);
      }
      .columns {
        display: flex;
        align-items: flex-end;
        gap: 2px;
        height: 4.5rem;
        border-bottom: 1px solid var(--line);
      }
      .columns button {
        flex: 1 1 0;
        display: flex;
        flex-direction: column;
        justify-content: flex-end;
        align-items: stretch;
        gap: 0;
        min-width: 2px;
        max-width: 1.25rem;
        height: 100%;
        min-height: 0;
        padding: 0;
        border: 0;
        border-radius: 2px;
        background: none;
      }
      .columns button[aria-current] {
        background: var(--active);
      }
      .scroll {
        position: relative;
        min-height: 0;
        overflow: auto;
        overscroll-behavior: contain;
      }
      ol {
        position: relative;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        position: absolute;
        left: 0;
        right: 0;
        height: ${rowHeight}px;
      }
      li button {
        display: grid;
        grid-template: auto auto auto / minmax(0, 1fr) auto;
        gap: 0 var(--space-3);
        align-content: center;
        justify-content: stretch;
        width: 100%;
        height: 100%;
        padding: 0 var(--space-4);
        border: 0;
        border-left: 2px solid transparent;
        border-radius: 0;
        background: none;
        font-weight: 400;
        text-align: left;
      }
      li button:focus-visible {
        outline-offset: -2px;
      }
      li button[aria-current] {
        border-left-color: var(--fg);
        background: var(--hover);
      }
      .said {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .number {
        margin-right: var(--space-2);
        color: var(--muted);
      }
      .facts {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .right {
        text-align: right;
        font-size: var(--text-xs);
      }
      li .shape {
        grid-column: 1 / -1;
        margin-top: var(--space-1);
        height: 0.25rem;
      }
      .state svg {
        margin-right: var(--space-1);
        vertical-align: -0.1em;
      }
      .state.running {
        color: var(--state-running);
      }
      .state.waiting {
        color: var(--state-waiting);
      }
      .state.failed {
        color: var(--state-failed);
      }
      .state.cancelled {
        color: var(--state-skipped);
      }
      .crash {
        color: var(--state-waiting);
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-3);
        align-items: center;
        padding: var(--space-2) var(--space-4);
        border-top: 1px solid var(--line);
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .empty {
        margin: 0;
        padding: var(--space-4);
        color: var(--muted);
      }
    `,
  ];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
  }

  override firstUpdated(): void {
    const scroller = this.renderRoot.querySelector('.scroll');
    if (scroller) this.sizes.observe(scroller);
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has('active') || this.active === null) return;
    const at = this.list?.turns.findIndex(({ turn }) => turn === this.active) ?? -1;
    const scroller = this.renderRoot.querySelector('.scroll');
    if (at === -1 || !(scroller instanceof HTMLElement) || scroller.matches(':hover')) return;
    const top = at * rowHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top + rowHeight > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = top + rowHeight - scroller.clientHeight;
  }

  override render() {
    const { list } = this;
    return html`${list && list.turns.length > 0 ? this.chart(list) : html`<div></div>`}
      <div class="scroll" tabindex="-1" @scroll=${this.scrolled}>
        ${
          list === null
            ? html`<p class="empty" role="status">Loading turns…</p>`
            : list.turns.length === 0
              ? html`<p class="empty">Turns appear here after the first message.</p>`
              : this.rows(list)
        }
      </div>
      ${list ? this.foot(list) : nothing}`;
  }

  private chart({ turns }: TurnList) {
    const shown = turns.slice(0, maxColumns).toReversed();
    const whole = Math.max(...shown.map(({ segments }) => totalOf(segments)));
    if (whole === 0 || shown.length < 2) return html`<div></div>`;
    return html`<section class="chart" aria-label="Cache shape">
      <h2>Prompt tokens by turn</h2>
      <div class="columns">
        ${shown.map(
          ({ turn, segments }) =>
            html`<button
              tabindex="-1"
              aria-label="Turn ${turn}: ${shapeTitle(segments).replaceAll('\n', ', ')}"
              title=${`Turn ${turn}\n${shapeTitle(segments)}`}
              aria-current=${turn === this.active || nothing}
              @click=${() => this.open(turn)}
            >
              ${shapeBar(segments, { up: true, whole })}
            </button>`,
        )}
      </div>
      ${shapeKeys()}
    </section>`;
  }

  private rows({ turns, nextCursor }: TurnList) {
    const first = Math.max(0, Math.floor(this.top / rowHeight) - spareRows);
    const shown = turns.slice(first, first + Math.ceil(this.height / rowHeight) + 2 * spareRows);
    return html`<ol aria-label="Turns, the newest first" .style=${`height: ${turns.length * rowHeight}px`}>
        ${shown.map((turn, at) => html`<li .style=${`top: ${(first + at) * rowHeight}px`}>${this.row(turn)}</li>`)}
      </ol>
      ${
        nextCursor === null
          ? nothing
          : html`<p class="empty"><button @click=${() => request(this, 'load-turns', { more: true })}>Show earlier turns</button></p>`
      }`;
  }

  private get hasOneModel(): boolean {
    return new Set(this.list?.turns.flatMap(({ models }) => models)).size < 2;
  }

  private row(summary: TurnSummary) {
    const { turn, said, startedAt, durationMs, status, models, tools, input, output, cost, segments, crashes } =
      summary;
    const facts = [
      ...(cost ? [dollars(cost)] : []),
      ...(input > 0 ? [`${tokens(input)} in`, `${tokens(output)} out`] : []),
      ...(tools > 0 ? [plural(tools, 'call')] : []),
      timeOfDay(startedAt),
      // Which model answered is said where it is not the only one of the session.
      ...(this.hasOneModel ? [] : models.slice(0, 2)),
    ];
    return html`<button aria-current=${turn === this.active || nothing} @click=${() => this.open(turn)}>
      <span class="said"><span class="number">${turn}</span>${visible(titleOf(said)) || 'Attachments'}</span>
      <span class="right numbers">${
        durationMs === null ? html`<ev-elapsed .from=${startedAt}></ev-elapsed>` : duration(durationMs)
      }</span>
      <span class="facts numbers">${this.state(this.asking.includes(turn) ? 'waiting' : status)}${
        crashes > 0 ? html`<span class="crash">${plural(crashes, 'crash', 'crashes')} survived · </span>` : nothing
      }${facts.join(' · ')}</span>
      <span class="right">${rateMark(rateOf(summary))}</span>
      ${totalOf(segments) > 0 ? shapeBar(segments) : nothing}
    </button>`;
  }

  private state(status: TurnSummary['status'] | 'waiting') {
    if (status === 'completed') return nothing;
    const sign = signs[status];
    return html`<span class="state ${status}">${icon(sign, 12)}${status} ·&nbsp;</span>`;
  }

  private foot({ totals }: TurnList) {
    const rate = rateOf(totals);
    return html`<footer>
      <span class="numbers">${plural(totals.turns, 'turn')}</span>
      ${rate === null ? nothing : html`<span class="numbers">${tokens(totals.input)} in, ${rateMark(rate)} cached overall</span>`}
      ${rate === null ? nothing : rateKeys()}
    </footer>`;
  }

  private open(turn: number): void {
    request(this, 'open-session', { id: this.sessionId, turn });
  }

  private scrolled(event: Event): void {
    if (event.currentTarget instanceof HTMLElement) this.top = event.currentTarget.scrollTop;
  }
}

customElements.define('ev-turn-list', TurnListView);
