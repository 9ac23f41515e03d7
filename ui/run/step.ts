import { html, nothing } from 'lit';
import { stepWorkflowId } from '../../contracts/ids.ts';
import type { DeclaredStep, ItemCounts, Question, RunNode } from '../../contracts/runs.ts';
import { request } from '../events.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { dollars } from '../parts/model/format.ts';
import { headOf } from '../parts/model/lines.ts';
import { runLink, sessionLink, workflowTool } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { stateMark, stateMarkStyles } from '../parts/state-mark.ts';
import { addressOfRun } from '../shell/model/address.ts';
import { lane, laneStyles } from './lane.ts';
import type { ItemList, ResultState } from './model/open-run.ts';
import { chosenWords, statusOf, usedTokens } from './model/steps.ts';
import { mayHaveResult } from './state/run.ts';
import { stepStyles } from './step.styles.ts';
import '../parts/copy.ts';
import '../parts/elapsed.ts';
import './items.ts';
import '../parts/long-text.ts';
import '../inbox/question.ts';
import './result.ts';

export type StepPlace = {
  runId: string;
  /** Words about branches and the batch, each with what it means in full. */
  marks: { words: string; title: string; sign: 'branch' | 'layers' }[];
  temporalUi: string | null;
  canRerun: boolean;
};

type StepViewProps = {
  step: DeclaredStep | null;
  node: RunNode | undefined;
  counts: ItemCounts | undefined;
  question: Question | undefined;
  approvals: Approvals | null;
  list: ItemList | null;
  results: Record<string, ResultState>;
  place: StepPlace | null;
  /** The item that the address names; -1 is the step itself. */
  target: number | null;
  open: boolean;
};

/** One step: a line of facts; opened, its result, items and what can be done from it. */
class StepView extends element<StepViewProps>(
  {
    step: null,
    node: undefined,
    counts: undefined,
    question: undefined,
    approvals: null,
    list: null,
    results: {},
    place: null,
    target: null,
    open: false,
  },
  'open',
) {
  static override styles = [shared, stateMarkStyles, laneStyles, stepStyles];

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('target') && this.target !== null) this.open = true;
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('target') && this.target === -1) this.scrollIntoView({ block: 'center' });
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('.head')?.focus();
  }

  override render() {
    const { step, node, place } = this;
    if (!step || !place) return nothing;
    const status = statusOf(node);
    return html`<div class="row ${this.target === -1 ? 'target' : ''}">
        <button class="head" aria-expanded=${this.open} @click=${this.toggle}>
          <span class="chevron">${icon('chevron', 12)}</span>
          <span class="state">${stateMark(status)}</span>
          <span class="name" title=${step.id}>${step.id}</span>
        </button>
        <span class="tags">
          <span>${step.kind}</span>
          ${place.marks.map(({ words, title, sign }) => html`<span title=${title}>${icon(sign, 12)}${words}</span>`)}
          ${node?.reusedFrom ? html`<span class="reused" title="The result of run ${node.reusedFrom} was used again">${icon('reuse', 12)}reused</span>` : nothing}
          ${node && node.attempt > 1 ? html`<span>attempt ${node.attempt}</span>` : nothing}
          ${step.kind === 'switch' && node && node.chosen !== null ? html`<span class="chosen" title=${chosenWords(step, node.chosen)}>${chosenWords(step, node.chosen)}</span>` : nothing}
        </span>
        <span class="links">
          ${node?.sessionId ? sessionLink(node.sessionId, 'Session') : nothing}
          ${node?.childRun ? runLink(node.childRun, 'Run') : nothing}
        </span>
        <span class="number numbers" title="Tokens">${node ? usedTokens(node) : ''}</span>
        <span class="number cost numbers" title="Cost">${node?.usage?.cost ? dollars(node.usage.cost) : ''}</span>
        <span class="number time numbers" title="Duration">${node && status !== 'pending' ? html`<ev-elapsed .from=${node.startedAt} .to=${node.endedAt}></ev-elapsed>` : nothing}</span>
      </div>
      ${this.counts ? lane(this.counts, `Items of ${step.id}`) : nothing}
      ${this.open ? this.body(step, place) : this.glimpse()}
      ${this.asking()}`;
  }

  private glimpse() {
    const { node } = this;
    if (!node?.reason) return nothing;
    const { head, more } = headOf(node.reason, 2, 240);
    return html`<p class="why ${node.status}">${head}${more ? html` … <button class="link" @click=${this.toggle}>the whole reason</button>` : nothing}</p>`;
  }

  private body(step: DeclaredStep, { runId, temporalUi, canRerun }: StepPlace) {
    const { node } = this;
    const id = stepWorkflowId(runId, step.id);
    return html`<div class="body">
      ${step.description ? html`<p class="description">${step.description}</p>` : nothing}
      ${node?.reason ? html`<ev-long-text .text=${node.reason} label=${node.code ? `Reason · ${node.code}` : 'Reason'}></ev-long-text>` : nothing}
      ${
        this.counts
          ? html`<ev-items
              .runId=${runId}
              .step=${step.id}
              .counts=${this.counts}
              .list=${this.list}
              .results=${this.results}
              .target=${this.target === -1 ? null : this.target}
            ></ev-items>`
          : nothing
      }
      ${mayHaveResult(node) ? html`<ev-result .target=${{ step: step.id, index: null }} .result=${this.results[node.key] ?? null}></ev-result>` : nothing}
      ${node ? nothing : html`<p class="description">Nothing has happened here yet: it starts when ${step.needs.length > 0 ? html`${step.needs.join(', ')} ${step.trigger === 'all_success' ? 'completed' : `fit the trigger ${step.trigger}`}` : 'the run gets to it'}.</p>`}
      <div class="actions">
        <button ?disabled=${!canRerun} title=${canRerun ? '' : 'When the run has ended'} @click=${() => request(this, 'offer-rerun', { from: step.id })}>
          ${icon('retry', 14)}Re-run from here
        </button>
        ${node?.reusedFrom ? html`<span class="note">Its result was used again from ${runLink(node.reusedFrom, `run ${node.reusedFrom}`, { step: step.id, index: null })}</span>` : nothing}
        <span class="tools">
          <ev-copy .text=${`${location.origin}${addressOfRun(runId, { step: step.id, index: null })}`} label="Copy a link to this step"></ev-copy>
          ${node && node.attempt > 0 ? workflowTool(id, `step ${step.id}`) : nothing}
          ${temporalUi && node ? html`<a class="tool" target="_blank" rel="noopener noreferrer" title="Open in Temporal UI" aria-label="Step ${step.id} in Temporal UI" href="${temporalUi}/namespaces/default/workflows/${encodeURIComponent(id)}">${icon('external', 14)}</a>` : nothing}
        </span>
      </div>
    </div>`;
  }

  private asking() {
    const { question, approvals } = this;
    if (!question) return nothing;
    return html`<ev-question
      .question=${question}
      .locked=${approvals?.locked ?? null}
      .answering=${approvals?.answering[question.id] ?? null}
      .failure=${approvals?.failures[question.id] ?? null}
      .faults=${approvals?.faults[question.id] ?? []}
    ></ev-question>`;
  }

  private toggle(): void {
    this.open = !this.open;
    const index = null;
    if (this.step) request(this, 'show-place', { target: this.open ? { step: this.step.id, index } : null });
  }
}

customElements.define('ev-step', StepView);
