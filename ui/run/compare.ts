import { html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { stepWorkflowId } from '../../contracts/ids.ts';
import type { NodeStatus, Run, RunView } from '../../contracts/runs.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { count, dollars, duration, moment } from '../parts/model/format.ts';
import { runLink, runTabLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { callWords, runMark, stateMark, stateMarkStyles, stateWords } from '../parts/state-mark.ts';
import { addressOfRun } from '../shell/model/address.ts';
import { compareStyles } from './compare.styles.ts';
import { type ComparedStep, type Comparison, change, compareRuns, hasOutput, runMs } from './model/compare.ts';
import type { ComparedState, ResultState } from './model/open-run.ts';
import { chosenWords, resultText } from './model/steps.ts';
import { runPageStyles } from './run-page.styles.ts';
import type { OpenRun } from './state/run.ts';
import '../parts/diff.ts';
import '../parts/time.ts';

type CompareProps = {
  open: OpenRun | null;
  /** Only steps that differ in more than time and cost. */
  changedOnly: boolean;
  opened: ReadonlySet<string>;
  shown: number;
};

const shownAtFirst = 200;
type Pair = { before: number | null; after: number | null };
const thisName = 'This run';
const otherName = (other: RunView, own: RunView): string =>
  other.run.createdAt <= own.run.createdAt ? 'Earlier run' : 'Later run';
const textOf = (value: unknown): string => (value === null || value === undefined ? '' : resultText(value));

/** Two runs of one definition, step by step: the chosen one, and what this one did differently. */
class CompareRuns extends element<CompareProps>(
  { open: null, changedOnly: false, opened: new Set(), shown: shownAtFirst },
  'changedOnly',
  'opened',
  'shown',
) {
  private comparison: Comparison = { steps: [], changed: 0 };
  private compared: unknown[] = [];

  static override styles = [shared, stateMarkStyles, runPageStyles, compareStyles];

  override willUpdate(changed: PropertyValues<this>): void {
    const { open } = this;
    if (!open?.view || open.compared?.status !== 'ready') return;
    const made = [open.compared.view, open.view];
    if (changed.has('open') && made.some((part, at) => part !== this.compared[at])) {
      this.compared = made;
      this.comparison = compareRuns(open.compared.view, open.view);
    }
  }

  override updated(): void {
    const { open } = this;
    if (!open?.view) return;
    if (open.other === null && open.comparable === null) request(this, 'load-comparable', null);
    if (open.other !== null && open.compared?.id !== open.other) request(this, 'load-compared', { other: open.other });
    // A result is dropped when its step changes while somebody looks at it.
    for (const key of this.opened) this.loadResults(key);
  }

  override render() {
    const { open } = this;
    if (!open?.view) return nothing;
    return html`<div class="page">${open.other === null ? this.choice(open, open.view) : this.content(open, open.view)}</div>`;
  }

  private choice({ comparable }: OpenRun, { run }: RunView) {
    if (!comparable || comparable.status === 'loading')
      return html`<p role="status">Looking for other runs of ${run.name}…</p>`;
    if (comparable.status === 'failed') {
      return html`<p class="failed" role="alert">${comparable.error.message}
        <button class="link" @click=${() => request(this, 'load-comparable', null)}>Try again</button></p>`;
    }
    const { runs } = comparable;
    const origin = runs.filter(({ id }) => id === run.rerunOf);
    const again = runs.filter(({ rerunOf }) => rerunOf === run.id);
    const others = runs.filter((one) => !origin.includes(one) && !again.includes(one));
    if (runs.length === 0) return html`<p>${run.name} has not run another time. Re-run it, and compare both here.</p>`;
    return html`${this.group('Re-run of', origin)} ${this.group('Re-runs of this run', again)}
    ${this.group(origin.length + again.length > 0 ? 'Other runs' : `Compare with another run of ${run.name}`, others)}`;
  }

  private group(title: string, runs: readonly Run[]) {
    if (runs.length === 0) return nothing;
    return html`<section aria-label=${title}>
      <h2>${title}</h2>
      <ul class="runs">${runs.map((run) => this.candidate(run))}</ul>
    </section>`;
  }

  private candidate(run: Run) {
    const id = this.open?.runId ?? '';
    const ms = runMs(run);
    return html`<li><a href=${addressOfRun(id, null, 'compare', run.id)} @click=${(event: MouseEvent) => this.pick(event, run.id)}>
      <span>${runMark(run)}</span>
      <span class="note"><code>${run.id}</code> ${run.reason ?? (run.fromStep ? `re-run from ${run.fromStep}` : '')}</span>
      <span class="numbers">${ms === null ? '' : duration(ms)}</span>
      <ev-time .at=${run.createdAt}></ev-time>
    </a></li>`;
  }

  private pick(event: MouseEvent, other: string): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || !this.open) return;
    event.preventDefault();
    this.opened = new Set();
    request(this, 'open-run', { id: this.open.runId, tab: 'compare', other });
  }

  private content(open: OpenRun, view: RunView) {
    const { compared, runId, other } = open;
    const another = runTabLink(runId, 'compare', 'Choose another run');
    if (!compared || compared.id !== other || compared.status === 'loading')
      return html`<p role="status">Loading run ${other}…</p>`;
    if (compared.status === 'failed')
      return html`<p class="failed" role="alert">${compared.error.message} ${another}</p>`;
    return html`<div class="bar">
        <h2>${this.comparison.changed === 0 ? 'Every step ended the same way' : `${count(this.comparison.changed)} of ${count(this.comparison.steps.length)} steps ended differently`}</h2>
        ${another}
        ${runTabLink(compared.id, 'compare', 'Swap', runId)}
      </div>
      ${this.heads(compared.view, view)}
      ${this.ends(open, compared)}
      ${this.table(open, compared, compared.view.script !== null)}`;
  }

  private heads(before: RunView, after: RunView) {
    const row = (name: string, left: unknown, right: unknown, difference: unknown) =>
      html`<span>${name}</span><span>${left}</span><span>${right}</span><span class="numbers">${difference}</span>`;
    const head = ({ run }: RunView, words: string) =>
      html`<span class="head">${runLink(run.id, run.id)}<small>${words}, ${moment(run.createdAt)}</small></span>`;
    const ms = { before: runMs(before.run), after: runMs(after.run) };
    const cost = { before: before.usage.cost, after: after.usage.cost };
    const used = { before: before.usage.input + before.usage.output, after: after.usage.input + after.usage.output };
    return html`<div class="pair">
      <span class="head"></span>${head(before, otherName(before, after))}${head(after, thisName)}<span class="head">Difference</span>
      ${row('State', runMark(before.run), runMark(after.run), before.run.status === after.run.status ? html`<span class="same">the same</span>` : '')}
      ${row('Duration', ms.before === null ? 'running' : duration(ms.before), ms.after === null ? 'running' : duration(ms.after), this.delta(ms, duration))}
      ${cost.before === null && cost.after === null ? nothing : row('Cost', cost.before === null ? '' : dollars(cost.before), cost.after === null ? '' : dollars(cost.after), this.delta(cost, dollars))}
      ${used.before + used.after === 0 ? nothing : row('Tokens', count(used.before), count(used.after), this.delta(used, count))}
    </div>`;
  }

  /** More is not always worse, but it is what an operator looks for. */
  private delta(pair: Pair, words: (value: number) => string) {
    const by = change(pair);
    if (by === null) return nothing;
    if (by === 0) return html`<span class="same">the same</span>`;
    const share = pair.before ? ` (${by > 0 ? '+' : '−'}${Math.round((Math.abs(by) / pair.before) * 100)}%)` : '';
    return html`<span class=${by > 0 ? 'more' : 'less'}>${by > 0 ? '+' : '−'}${words(Math.abs(by))}<span class="share">${share}</span></span>`;
  }

  /** Input and result of the runs themselves, where they came with them. */
  private ends({ input, output }: OpenRun, compared: Extract<ComparedState, { status: 'ready' }>) {
    const part = (title: string, from: unknown, to: unknown) => {
      const [left, right] = [textOf(from), textOf(to)];
      if (left === right) return nothing;
      return html`<section aria-label=${title}><h2>${title}</h2><ev-diff .from=${left} .to=${right}></ev-diff></section>`;
    };
    return html`${part('Input', compared.input, input)} ${part('Result', compared.output, output)}`;
  }

  private table(open: OpenRun, compared: Extract<ComparedState, { status: 'ready' }>, isScript: boolean) {
    const { steps, changed } = this.comparison;
    const fitting = this.changedOnly
      ? steps.filter(({ difference }) => difference !== 'none' && difference !== 'reused')
      : steps;
    const shown = fitting.slice(0, this.shown);
    const left = fitting.length - shown.length;
    const priced = steps.some(({ cost }) => cost.before !== null || cost.after !== null);
    return html`<section aria-label=${isScript ? 'Calls' : 'Steps'}>
      <div class="bar">
        <h2>${isScript ? 'Calls' : 'Steps'}</h2>
        <label><input type="checkbox" .checked=${this.changedOnly} ?disabled=${changed === 0} @change=${this.filterChanged} />Only what ended differently (${count(changed)})</label>
      </div>
      <table>
        <thead><tr>
          <th>${isScript ? 'Call' : 'Step'}</th><th>${open.view ? otherName(compared.view, open.view) : ''}</th><th>${thisName}</th>
          <th class="number wide">Duration</th><th class="number">Difference</th>${priced ? html`<th class="number wide">Cost</th>` : nothing}
        </tr></thead>
        <tbody>
          ${repeat(
            shown,
            ({ step }) => `${step.before} ${step.after}`,
            (step) => this.row(step, open, compared, isScript, priced),
          )}
        </tbody>
      </table>
      ${left > 0 ? html`<p><button @click=${this.showMore}>Show ${count(Math.min(left, shownAtFirst))} more</button> ${count(shown.length)} of ${count(fitting.length)} are shown</p>` : nothing}
    </section>`;
  }

  private row(
    step: ComparedStep,
    open: OpenRun,
    compared: Extract<ComparedState, { status: 'ready' }>,
    isScript: boolean,
    priced: boolean,
  ) {
    const words = isScript ? callWords : stateWords;
    const key = `${step.step.before} ${step.step.after}`;
    const isOpen = this.opened.has(key);
    const isSame = step.difference === 'none' || step.difference === 'reused';
    const state = (status: NodeStatus | null) =>
      status === null ? html`<span class="same">not there</span>` : stateMark(status, words);
    return html`<tr class=${isSame ? '' : 'changed'}>
        <td>
          <button class="step" aria-expanded=${isOpen} title="Compare the results" @click=${() => this.toggle(key)}>
            <span class="chevron">${icon('chevron', 12)}</span><span>${step.name}</span>
          </button>
          ${step.phase ? html`<span class="phase">${step.phase}</span>` : nothing}
        </td>
        <td>${state(step.status.before)} ${this.chosen(step.before, compared.view)}</td>
        <td>${step.difference === 'reused' ? html`<span class="reused">${icon('reuse', 12)}reused</span>` : state(step.status.after)} ${open.view ? this.chosen(step.after, open.view) : nothing}</td>
        <td class="number numbers wide">${step.duration.after === null ? '' : duration(step.duration.after)}</td>
        <td class="number numbers">${step.difference === 'reused' ? nothing : this.delta(step.duration, duration)}</td>
        ${priced ? html`<td class="number numbers wide">${step.difference === 'reused' ? nothing : this.delta(step.cost, dollars)}</td>` : nothing}
      </tr>
      ${isOpen ? html`<tr><td colspan="6">${this.results(step, open, compared)}</td></tr>` : nothing}`;
  }

  /** The case that a switch took. */
  private chosen(node: ComparedStep['before'], { steps }: RunView) {
    const declared = node && node.chosen !== null ? steps.find(({ id }) => id === node.step) : undefined;
    return node && node.chosen !== null && declared?.kind === 'switch'
      ? html`<span class="phase">${chosenWords(declared, node.chosen)}</span>`
      : nothing;
  }

  private results(step: ComparedStep, open: OpenRun, compared: Extract<ComparedState, { status: 'ready' }>) {
    const why = (node: ComparedStep['before'], id: string) =>
      node?.reason ? html`<p>${id}: ${node.reason}</p>` : nothing;
    if (step.difference === 'reused')
      return html`<div class="results"><p>The result of the other run was used again: it is the same.</p></div>`;
    const left = hasOutput(step.before) ? this.resultOf(compared.results, compared.id, step.step.before) : null;
    const right = hasOutput(step.after) ? this.resultOf(open.results, open.runId, step.step.after) : null;
    return html`<div class="results">
      ${why(step.before, compared.id)} ${why(step.after, open.runId)} ${this.difference(left, right)}
    </div>`;
  }

  private resultOf(results: Record<string, ResultState>, runId: string, step: string | null): ResultState | null {
    return step === null ? null : (results[stepWorkflowId(runId, step)] ?? { status: 'loading' });
  }

  private difference(left: ResultState | null, right: ResultState | null) {
    if (left?.status === 'failed' || right?.status === 'failed') {
      const error = left?.status === 'failed' ? left.error : right?.status === 'failed' ? right.error : null;
      return html`<p class="failed" role="alert">${error?.message}</p>`;
    }
    if (left?.status === 'loading' || right?.status === 'loading')
      return html`<p role="status">Loading both results…</p>`;
    const [from, to] = [textOf(left?.result.output), textOf(right?.result.output)];
    if (from === '' && to === '') return html`<p>Neither has a result.</p>`;
    if (from === to) return html`<p>Both gave the same result.</p>`;
    return html`<ev-diff .from=${from} .to=${to}></ev-diff>`;
  }

  private toggle(key: string): void {
    const opened = new Set(this.opened);
    if (!opened.delete(key)) opened.add(key);
    this.opened = opened;
  }

  private loadResults(key: string): void {
    const { open } = this;
    const step = this.comparison.steps.find(({ step: of }) => `${of.before} ${of.after}` === key);
    if (!open || !step || step.difference === 'reused') return;
    const { before, after } = step.step;
    const isKnown = (results: Record<string, ResultState> | undefined, id: string) => results?.[id] !== undefined;
    if (
      before !== null &&
      hasOutput(step.before) &&
      !isKnown(open.compared?.results, stepWorkflowId(open.compared?.id ?? '', before))
    ) {
      request(this, 'load-compared-result', { step: before, index: null });
    }
    if (after !== null && hasOutput(step.after) && !isKnown(open.results, stepWorkflowId(open.runId, after))) {
      request(this, 'load-result', { step: after, index: null });
    }
  }

  private filterChanged(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.changedOnly = event.target.checked;
  }

  private showMore(): void {
    this.shown += shownAtFirst;
  }
}

customElements.define('ev-compare', CompareRuns);
