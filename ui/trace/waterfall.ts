import { html, nothing, type PropertyValues } from 'lit';
import type { Span } from '../../contracts/api.ts';
import type { LiveOperation } from '../../contracts/view.ts';
import { element } from '../parts/element.ts';
import { count, dollars, duration, moment, timeOfDay, tokens } from '../parts/model/format.ts';
import { serverNow } from '../parts/model/server-clock.ts';
import { shared } from '../parts/shared.styles.ts';
import { prefixBreak, timeToFirstToken, usageOf } from './model/trace.ts';
import {
  type Bar,
  type Cut,
  detailOf,
  errorOf,
  filtered,
  foundIn,
  latencyClasses,
  latencyOf,
  liveBars,
  logOf,
  moved,
  placeIn,
  type Row,
  rowsOf,
  type TraceFilter,
  type TraceView,
  ticksOf,
  traceFilters,
  traceViews,
  type Window,
  wholeOf,
  zoomed,
} from './model/waterfall.ts';
import { rowHeight, waterfallStyles } from './waterfall.styles.ts';
import '../parts/long-text.ts';

type WaterfallProps = {
  spans: readonly Span[];
  /** What runs now, beside the spans of what has ended. */
  live: readonly LiveOperation[];
  /** What tool calls are about, by `<turn>/<step>/<call>`. */
  about: ReadonlyMap<string, string>;
  /** Rows that are shown as they are, instead of those of spans; null for spans. */
  fixed: readonly Row[] | null;
  /** There is room for what is selected beside the bars. */
  wide: boolean;
  /** What is selected is shown elsewhere: the event `select-bar` says what. */
  outer: boolean;
  view: TraceView;
  only: TraceFilter;
  search: string;
  selected: string | null;
  /** Null: the whole. */
  window: Window | null;
  top: number;
  now: number;
};

const percent = (fraction: number): string => `${(fraction * 100).toFixed(3)}%`;
const shownRows = 60;
const spareRows = 10;
const tickMs = 500;

/** States that are said beside the name, with the class of their words. */
const told: ReadonlyMap<Bar['status'], string> = new Map([
  ['running', 'busy'],
  ['waiting', 'cut'],
  ['cancelled', 'still'],
]);

const asSpan = (bar: Bar): Span | null =>
  bar.kind === 'node' ||
  bar.status === 'running' ||
  bar.status === 'waiting' ||
  bar.status === 'reused' ||
  bar.endedAt === null
    ? null
    : { ...bar, kind: bar.kind, status: bar.status, endedAt: bar.endedAt };

/** Of a request, or of all requests of a step. */
const tokensOf = ({ attributes: { usage } }: Bar): number | null =>
  typeof usage === 'object' && usage !== null && 'input' in usage && 'output' in usage
    ? Number(usage.input) + Number(usage.output)
    : null;

/**
 * Operations against one axis of time: turns hold steps, steps their request and tools. Ctrl with the wheel zooms,
 * arrows and the wheel with Shift move. One of them can be selected, and shows all that is known of it.
 */
class Waterfall extends element<WaterfallProps>(
  {
    spans: [],
    live: [],
    about: new Map(),
    fixed: null,
    wide: false,
    outer: false,
    view: 'waterfall',
    only: 'all',
    search: '',
    selected: null,
    window: null,
    top: 0,
    now: 0,
  },
  'view',
  'only',
  'search',
  'selected',
  'window',
  'top',
  'now',
) {
  private bars: readonly Bar[] = [];
  private rows: readonly Row[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [shared, waterfallStyles];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('fixed') && this.fixed) this.bars = this.fixed.flatMap(({ bar }) => bar ?? []);
    else if (changed.has('spans') || changed.has('live')) this.bars = [...this.spans, ...liveBars(this.live)];
    if (
      ['fixed', 'spans', 'live', 'view', 'search', 'only'].some((name) => changed.has(name as keyof WaterfallProps))
    ) {
      if (this.fixed) this.rows = foundIn(this.fixed, this.search);
      else this.rows = (this.view === 'log' ? logOf : rowsOf)(filtered(this.bars, this.only), this.search);
    }
    const runs = this.rows.some(({ to }) => to === null);
    if (runs && this.timer === undefined) {
      this.now = serverNow();
      this.timer = setInterval(() => {
        this.now = serverNow();
      }, tickMs);
    } else if (!runs) this.stop();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  override render() {
    if (this.bars.length === 0) return html`<p>No operations recorded.</p>`;
    const { rows } = this;
    const whole = wholeOf(rows, this.now || serverNow());
    const window = this.window ?? whole;
    const first = Math.max(0, Math.floor(this.top / rowHeight) - spareRows);
    const shown = rows.slice(first, first + shownRows + 2 * spareRows);
    const selected = this.outer ? undefined : this.bars.find(({ id }) => id === this.selected);
    return html`${this.tools(whole, window)}
      <div class="body ${selected ? 'open' : ''}">
        <div class="frame" role="group" aria-label="Operations by time" tabindex="0" @scroll=${this.scrolled} @wheel=${this.wheeled} @keydown=${this.pressed}>
          <div class="axis">
            <span class="label">${rows.length === 0 ? 'No operation matches' : 'Operation'}</span>
            <span class="number">Time</span>
            <span class="number tokens">Tokens</span>
            <span class="lane">${this.view !== 'waterfall' ? (this.view === 'log' ? 'What' : 'Details') : ticksOf(window, whole.from).map(({ at, ms }) => html`<span class="tick" .style=${`left: ${percent(at)}`}>${at > 0.94 ? nothing : ms === 0 ? '0' : duration(ms)}</span>`)}</span>
          </div>
          <div .style=${`height: ${rows.length * rowHeight}px`}></div>
          ${shown.map((row, at) => this.row(row, first + at, window))}
        </div>
        ${selected ? this.inspector(selected) : nothing}
      </div>`;
  }

  private tools(whole: Window, window: Window) {
    const choice = ({ name, words }: (typeof traceViews)[number]) =>
      html`<button aria-pressed=${this.view === name} @click=${() => this.choose(name)}>${words}</button>`;
    const zoom = (factor: number) => () => {
      this.window = zoomed(window, whole, factor);
    };
    return html`<div class="bar">
      ${
        this.fixed
          ? nothing
          : html`<span role="group" aria-label="View">${traceViews.map(choice)}</span>
          <select aria-label="Operations" @change=${this.filter}>${traceFilters.map(({ name, words }) => html`<option value=${name} ?selected=${name === this.only}>${words}</option>`)}</select>`
      }
      <input type="search" placeholder="Filter operations" aria-label="Filter operations" @input=${this.typed} />
      <span role="group" aria-label="Zoom" ?hidden=${this.view !== 'waterfall'}>
        <button title="Zoom in" aria-label="Zoom in" @click=${zoom(0.5)}>+</button>
        <button title="Zoom out" aria-label="Zoom out" @click=${zoom(2)}>−</button>
        <button ?disabled=${this.window === null} @click=${this.fit}>Fit</button>
      </span>
      <span class="legend" ?hidden=${this.view !== 'waterfall'}>
        ${latencyClasses.map(({ name, words }) => html`<span><i .style=${`background: var(--latency-${name})`}></i>${words}</span>`)}
        <span><i class="interrupted"></i>worker lost</span><span><i class="error"></i>failed</span>
      </span>
    </div>`;
  }

  private row(row: Row, at: number, window: Window) {
    const { bar } = row;
    const top = `top: ${(at + 1) * rowHeight}px`;
    const end = row.to ?? this.now;
    const place = placeIn(window, row.from, end);
    const tone = bar ? `${bar.kind} ${latencyOf(end - row.from)} ${bar.status === 'ok' ? '' : bar.status}` : 'group';
    const usage = bar ? tokensOf(bar) : null;
    const error = bar ? errorOf(bar) : null;
    const content = html`
      <span class="label" .style=${`padding-left: ${row.depth * 14}px`} title=${error ?? row.label}
        >${row.label}${bar && bar.attempt > 1 ? html` · attempt ${bar.attempt}` : nothing}${row.cuts ? html` <span class="cut">Worker lost</span>` : nothing}${
          error
            ? html` <span class=${bar?.status === 'interrupted' ? 'cut' : 'bad'}>${error}</span>`
            : bar && told.has(bar.status)
              ? html` <span class=${told.get(bar.status)}>${bar.status}</span>`
              : nothing
        }</span
      >
      <span class="number">${duration(Math.max(0, end - row.from))}</span>
      <span class="number tokens">${usage === null ? '' : tokens(usage)}</span>
      ${
        this.view === 'waterfall'
          ? html`<span class="lane">${place ? html`<i class=${tone} .style=${`left: ${percent(place.left)}; width: ${percent(place.width)}`}></i>` : nothing}${row.cuts?.map((cut) => this.cut(cut, window))}</span>`
          : html`<span class="detail ${bar && bar.status !== 'ok' ? bar.status : ''}">${bar ? this.detail(bar) : nothing}</span>`
      }
    `;
    return bar
      ? html`<button class="row" .style=${top} aria-pressed=${bar.id === this.selected} @click=${() => this.select(bar.id)}>${content}</button>`
      : html`<div class="row group" .style=${top}>${content}</div>`;
  }

  private cut({ from, to }: Cut, window: Window) {
    const place = placeIn(window, from, to);
    return place
      ? html`<i class="interrupted" title="Worker lost after ${duration(to - from)}" .style=${`left: ${percent(place.left)}; width: ${percent(place.width)}`}></i>`
      : nothing;
  }

  private detail(bar: Bar): string {
    const about = this.about.get(`${bar.turn}/${bar.step}/${bar.call}`);
    const at = this.view === 'log' ? timeOfDay(bar.startedAt) : '';
    return [at, about, detailOf(bar)].filter(Boolean).join(' · ');
  }

  private inspector(bar: Bar) {
    const span = asSpan(bar);
    const usage = span && usageOf(span);
    const first = span && timeToFirstToken(span);
    const broken = span && prefixBreak(span);
    const error = errorOf(bar);
    const fact = (name: string, value: unknown) =>
      value === null || value === undefined || value === ''
        ? nothing
        : html`<dt>${name}</dt>
            <dd>${value}</dd>`;
    return html`<section class="inspector" aria-label="Selected operation">
      <h3>${bar.name}</h3>
      <dl>
        ${fact('State', bar.status === 'ok' ? 'completed' : bar.status === 'interrupted' ? 'worker lost' : bar.status)}
        ${fact('Error', bar.status === 'error' && html`<span class="bad">${error}</span>`)}
        ${fact('Place', bar.turn === 0 ? null : `Turn ${bar.turn}, step ${bar.step}${bar.call === null ? '' : `, call ${bar.call + 1}`}, attempt ${bar.attempt}`)}
        ${fact('Started', moment(bar.startedAt))}
        ${fact('Duration', bar.endedAt && duration(Date.parse(bar.endedAt) - Date.parse(bar.startedAt)))}
        ${fact('First token', first === null ? null : duration(first))}
        ${fact('Input', usage && `${count(usage.input)} tokens, ${count(usage.cacheRead)} from the cache`)}
        ${fact('Output', usage && `${count(usage.output)} tokens`)}
        ${fact('Cost', usage?.cost === null || !usage ? null : dollars(usage.cost))}
        ${fact('Cache', broken && html`<span class=${broken.isFault ? 'bad' : ''}>${broken.words}</span>`)}
      </dl>
      <ev-long-text .text=${JSON.stringify(bar.attributes, null, 2)} label="Attributes"></ev-long-text>
    </section>`;
  }

  private select(id: string): void {
    if (this.outer) {
      this.dispatchEvent(new CustomEvent('select-bar', { detail: { id } }));
      return;
    }
    this.selected = this.selected === id ? null : id;
  }

  private filter({ target }: Event): void {
    const chosen = target instanceof HTMLSelectElement ? target.value : '';
    this.only = traceFilters.find(({ name }) => name === chosen)?.name ?? 'all';
    this.top = 0;
  }

  private choose(view: TraceView): void {
    this.view = view;
    this.top = 0;
  }

  private fit(): void {
    this.window = null;
  }

  private typed(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.search = event.target.value;
  }

  private scrolled(event: Event): void {
    if (event.currentTarget instanceof HTMLElement) this.top = event.currentTarget.scrollTop;
  }

  private wheeled(event: WheelEvent): void {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    const lane = this.renderRoot.querySelector('.axis .lane')?.getBoundingClientRect();
    if (!lane) return;
    const whole = wholeOf(this.rows, this.now);
    const window = this.window ?? whole;
    const at = Math.min(1, Math.max(0, (event.clientX - lane.left) / lane.width));
    this.window = event.ctrlKey
      ? zoomed(window, whole, event.deltaY > 0 ? 1.25 : 0.8, at)
      : moved(window, whole, Math.sign(event.deltaY || event.deltaX) * 0.1);
  }

  private pressed(event: KeyboardEvent): void {
    const whole = wholeOf(this.rows, this.now);
    const window = this.window ?? whole;
    const next: Record<string, () => Window | null> = {
      ArrowLeft: () => moved(window, whole, -0.1),
      ArrowRight: () => moved(window, whole, 0.1),
      '+': () => zoomed(window, whole, 0.5),
      '-': () => zoomed(window, whole, 2),
      '0': () => null,
    };
    const change = next[event.key];
    if (!change || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.window = change();
  }
}

customElements.define('ev-waterfall', Waterfall);
