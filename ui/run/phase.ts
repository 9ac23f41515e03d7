import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Question, RunNode } from '../../contracts/runs.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { count, dollars, tokens } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import { callWords } from '../parts/state-mark.ts';
import { lane, laneStyles } from './lane.ts';
import type { ResultState } from './model/open-run.ts';
import { type CallFilter, fits, type Phase } from './model/phases.ts';
import { countOrder } from './model/steps.ts';
import { phaseStyles } from './phase.styles.ts';
import type { CallPlace } from './script-call.ts';
import '../parts/elapsed.ts';
import './script-call.ts';

/** Above this many calls a phase can be filtered. */
const manyCalls = 40;
/** Up to this many calls of a phase that ended well are shown unasked. */
const fewCalls = 8;
const shownAtFirst = 100;
const shownMore = 200;
/** Rows that one frame draws. */
const atOnce = 40;

type PhaseViewProps = {
  phase: Phase | null;
  place: CallPlace | null;
  results: Record<string, ResultState>;
  questions: readonly Question[];
  approvals: Approvals | null;
  /** The call that the address names. */
  target: string | null;
  /** The only one, of calls without a phase: it has no head. */
  alone: boolean;
  /** Null: as fits its size and state. */
  chosenOpen: boolean | null;
  chosenFilter: CallFilter | null;
  shown: number;
};

/** A phase of a script: how far it is, and its calls as far as somebody wants to see them. */
class PhaseView extends element<PhaseViewProps>(
  {
    phase: null,
    place: null,
    results: {},
    questions: [],
    approvals: null,
    target: null,
    alone: false,
    chosenOpen: null,
    chosenFilter: null,
    shown: shownAtFirst,
  },
  'chosenOpen',
  'chosenFilter',
  'shown',
) {
  static override styles = [shared, laneStyles, phaseStyles];

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const { target, phase } = this;
    if (!changed.has('target') || target === null || !phase) return;
    const at = phase.calls.findIndex(({ step }) => step === target);
    if (at === -1) return;
    this.chosenOpen = true;
    this.chosenFilter = 'all';
    this.shown = Math.max(this.shown, at + 1);
  }

  private get isActive(): boolean {
    const { calls, endedAt } = this.phase ?? { calls: [], endedAt: null };
    return calls.length > 0 && endedAt === null;
  }

  private get isOpen(): boolean {
    const { phase, chosenOpen } = this;
    if (!phase || this.alone) return true;
    const isSmall = phase.calls.length <= (this.count('again') > 0 ? manyCalls : fewCalls);
    const isWanted = isSmall || this.isActive || this.count('open') > 0;
    return chosenOpen ?? (phase.calls.length > 0 && isWanted);
  }

  private get filter(): CallFilter {
    const isMany = (this.phase?.calls.length ?? 0) > manyCalls;
    return this.chosenFilter ?? (isMany && this.count('open') > 0 ? 'open' : 'all');
  }

  private count(filter: CallFilter): number {
    return this.phase?.calls.filter((call) => fits(call, filter)).length ?? 0;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('.head')?.focus();
  }

  override render() {
    const { phase, place } = this;
    if (!phase || !place) return nothing;
    return html`${this.alone ? this.progress(phase) : this.head(phase)} ${this.isOpen ? this.calls(phase) : nothing}`;
  }

  private head(phase: Phase) {
    const { title, detail, model, startedAt, endedAt } = phase;
    const name = title ?? 'No phase';
    return html`<div class="title">
        <h3>
          <button class="head" aria-expanded=${this.isOpen} @click=${this.toggle}><span class="chevron">${icon('chevron', 12)}</span><span>${name}</span></button>
        </h3>
        <span class="facts numbers">
          ${model ? html`<span>${model}</span>` : nothing}
          ${phase.tokens > 0 ? html`<span>${tokens(phase.tokens)} tokens</span>` : nothing}
          ${phase.dollars > 0 ? html`<span>${dollars(phase.dollars)}</span>` : nothing}
          ${startedAt ? html`<ev-elapsed .from=${startedAt} .to=${endedAt}></ev-elapsed>` : nothing}
        </span>
      </div>
      ${detail ? html`<p class="detail">${detail}</p>` : nothing}
      ${this.progress(phase)}`;
  }

  private progress({ calls, counts, title, reused }: Phase) {
    if (calls.length === 0) return html`<p class="none">No calls${this.place?.canRerun ? '' : ' yet'}.</p>`;
    const again = reused > 0 ? ` · ${count(reused)} reused` : '';
    return lane(counts, `Calls of ${title ?? 'no phase'}`, callWords, again);
  }

  private calls(phase: Phase) {
    if (phase.calls.length === 0) return nothing;
    const { filter } = this;
    const found = phase.calls.filter((call) => fits(call, filter));
    const shown = found.slice(0, this.shown);
    const left = found.length - shown.length;
    return html`${phase.calls.length > manyCalls ? this.filters(phase, filter) : nothing}
      <div class="calls">
        ${repeat(
          shown,
          ({ key }) => key,
          (call) => this.call(call),
        )}
        ${found.length === 0 ? html`<p class="none">None now.</p>` : nothing}
      </div>
      ${
        left > 0
          ? html`<div class="more">
              <button @click=${() => this.showMore(this.shown + shownMore)}>Show ${count(Math.min(shownMore, left))} more</button>
              <span class="numbers">${count(shown.length)} of ${count(found.length)} are shown</span>
            </div>`
          : nothing
      }`;
  }

  private filters({ counts, reused, calls }: Phase, chosen: CallFilter) {
    const open = this.count('open');
    const again = this.count('again');
    const all: [CallFilter, string, number][] = [
      ['all', 'all', calls.length],
      ['open', 'running or failed', open],
      ...countOrder.map((status): [CallFilter, string, number] => [status, callWords[status], counts[status] ?? 0]),
      ['reused', 'reused', reused],
      ['again', 'ran again', again],
    ];
    const choices = all.filter(([filter, , number]) => number > 0 || filter === chosen);
    return html`<div class="filters" role="group" aria-label="Calls by state">
      ${choices.map(([filter, words, number]) => html`<button class="filter" aria-pressed=${filter === chosen} @click=${() => this.choose(filter)}>${words} <span class="numbers">${count(number)}</span></button>`)}
    </div>`;
  }

  private call(call: RunNode) {
    const question = this.questions.find(({ step }) => step === call.step);
    return html`<ev-script-call
      .call=${call}
      .question=${question}
      .approvals=${question ? this.approvals : null}
      .result=${this.results[call.key] ?? null}
      .place=${this.place}
      ?target=${this.target === call.step}
    ></ev-script-call>`;
  }

  private choose(filter: CallFilter): void {
    this.chosenFilter = filter;
    this.shown = 0;
    this.showMore(shownAtFirst);
  }

  /** A piece with each frame, so that no piece holds up the page. */
  private showMore(to: number): void {
    this.shown = Math.min(this.shown + atOnce, to);
    if (this.shown < to) requestAnimationFrame(() => this.showMore(to));
  }

  private toggle(): void {
    this.chosenOpen = !this.isOpen;
  }
}

customElements.define('ev-phase', PhaseView);
