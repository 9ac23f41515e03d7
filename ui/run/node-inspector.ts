import { css, html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { RunNode } from '../../contracts/runs.ts';
import { request } from '../events.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { factsStyles } from '../parts/facts.styles.ts';
import { icon } from '../parts/icons.ts';
import { count, dollars, moment } from '../parts/model/format.ts';
import { runLink, sessionLink, workflowLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { callWords, stateMark, stateMarkStyles, stateWords } from '../parts/state-mark.ts';
import { addressOfRun } from '../shell/model/address.ts';
import { lane, laneStyles } from './lane.ts';
import type { NodeTone } from './model/graph.ts';
import { batchWords, branchesOf, chosenWords, resultText } from './model/steps.ts';
import { isActive, mayHaveResult, type OpenRun } from './state/run.ts';
import '../inbox/approval.ts';
import '../inbox/question.ts';
import '../parts/copy.ts';
import '../parts/elapsed.ts';
import '../parts/long-text.ts';
import './items.ts';
import './result.ts';

type NodeInspectorProps = {
  open: OpenRun | null;
  approvals: Approvals | null;
  temporalUi: string | null;
  step: string;
  name: string;
  tone: NodeTone;
  /** Steps whose results were opened as inputs: only those are read. */
  shownInputs: ReadonlySet<string>;
};

/** Everything about the node that is selected in a graph, and the answers it waits for. Fires `close` and `choose`. */
class NodeInspector extends element<NodeInspectorProps>(
  {
    open: null,
    approvals: null,
    temporalUi: null,
    step: '',
    name: '',
    tone: 'pending',
    shownInputs: new Set<string>(),
  },
  'shownInputs',
) {
  static override styles = [
    shared,
    stateMarkStyles,
    laneStyles,
    factsStyles,
    css`
      :host {
        display: block;
        overflow: auto;
        overscroll-behavior: contain;
        background: var(--bg);
        scrollbar-width: thin;
      }
      header {
        position: sticky;
        top: 0;
        z-index: 1;
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4);
        border-bottom: 1px solid var(--line);
        background: var(--bg);
      }
      h2 {
        flex: 1;
        min-width: 0;
        margin: 0;
        font-size: var(--text-m);
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .body {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
        padding: var(--space-3) var(--space-4) var(--space-5);
      }
      h3 {
        margin: 0 0 var(--space-2);
        color: var(--muted);
        font-size: var(--text-xs);
        font-weight: 500;
      }
      summary {
        min-height: 1.75rem;
        font: 600 var(--text-s) / 1.75rem var(--mono);
        cursor: pointer;
      }
      details {
        border-top: 1px solid var(--line);
      }
      details[open] {
        padding-bottom: var(--space-2);
      }
      .links,
      .needs {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-3);
      }
      p {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-s);
      }
      .actions {
        display: flex;
        align-items: center;
        gap: var(--space-2);
      }
      .actions ev-copy {
        margin-left: auto;
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('step')) this.shownInputs = new Set();
  }

  override render() {
    const { open, step, name, tone } = this;
    if (!open?.view) return nothing;
    const { view } = open;
    const node = view.nodes[step];
    const words = view.script ? callWords : stateWords;
    return html`<header>
        <h2>${name}</h2>
        ${tone === 'reused' ? nothing : stateMark(tone, words)}
        <button class="quiet icon" aria-label="Close the inspector" title="Close (Esc)" @click=${() => this.dispatchEvent(new Event('close'))}>${icon('cross')}</button>
      </header>
      <div class="body">
        ${this.waiting(open, node)}
        ${this.facts(open, node)}
        ${node?.reason ? html`<ev-long-text .text=${node.reason} label=${node.code ? `Reason · ${node.code}` : 'Reason'}></ev-long-text>` : nothing}
        ${this.inputs(open)}
        ${this.items(open)}
        ${this.result(open, node)}
        ${this.actions(open, node)}
      </div>`;
  }

  /** Questions of the step, and tool calls of its agent that wait for an approval. */
  private waiting({ view }: OpenRun, node: RunNode | undefined) {
    const { approvals } = this;
    const questions = view?.questions.filter((question) => question.step === this.step) ?? [];
    const calls = node?.sessionId
      ? (approvals?.items.filter(({ sessionId }) => sessionId === node.sessionId) ?? [])
      : [];
    const answerOf = (id: string) => ({
      answering: approvals?.answering[id] ?? null,
      failure: approvals?.failures[id] ?? null,
      faults: approvals?.faults[id] ?? [],
    });
    const locked = approvals?.locked ?? null;
    return html`${questions.map((question) => {
      const { answering, failure, faults } = answerOf(question.id);
      return html`<ev-question .question=${question} .name=${this.name} .locked=${locked} .answering=${answering} .failure=${failure} .faults=${faults}></ev-question>`;
    })}
    ${calls.map((approval) => {
      const { answering, failure } = answerOf(approval.id);
      return html`<ev-approval .approval=${approval} .locked=${locked} .answering=${answering} .failure=${failure}></ev-approval>`;
    })}`;
  }

  private facts({ view, runId }: OpenRun, node: RunNode | undefined) {
    const declared = view?.steps.find(({ id }) => id === this.step);
    const branches = (view && branchesOf(view.steps)[this.step]) ?? [];
    const fact = (name: string, value: unknown) =>
      value === null || value === undefined || value === '' || value === false
        ? nothing
        : html`<dt>${name}</dt><dd>${value}</dd>`;
    const { usage } = node ?? {};
    const from = node?.reusedFrom ?? null;
    const isForeign = from !== null && !node?.key.startsWith(`run/${from}/`);
    return html`<dl>
      ${fact('About', declared?.description)}
      ${fact('Kind', declared?.kind ?? node?.kind)}
      ${fact('Phase', node?.phase)}
      ${fact('After', declared && declared.needs.length > 0 && this.needs(declared.needs))}
      ${fact('Starts', declared && declared.trigger !== 'all_success' && declared.needs.length > 0 && `when ${declared.trigger.replaceAll('_', ' ')}`)}
      ${fact('Branch', branches.map(({ label }) => label).join(', '))}
      ${fact('Batch', declared?.batch && batchWords(declared.batch, view?.batches ?? []))}
      ${fact('Took', declared?.kind === 'switch' && node && node.chosen !== null && chosenWords(declared, node.chosen))}
      ${fact('Attempts', node && node.attempt > 0 && count(node.attempt))}
      ${fact('Reused from', isForeign && runLink(from, `run ${from}`, { step: this.step, index: null }))}
      ${fact('Ran because', node?.freshBecause)}
      ${fact('Started', node?.startedAt && moment(node.startedAt))}
      ${fact('Duration', node?.startedAt && html`<ev-elapsed .from=${node.startedAt} .to=${node.endedAt}></ev-elapsed>`)}
      ${fact('Input', usage && `${count(usage.input)} tokens, ${count(usage.cacheRead)} cached`)}
      ${fact('Output', usage && `${count(usage.output)} tokens`)}
      ${fact('Cost', usage?.cost && dollars(usage.cost))}
      ${fact(
        'Open',
        html`<span class="links">
          ${node?.sessionId ? sessionLink(node.sessionId, 'Session') : nothing}
          ${node?.childRun ? runLink(node.childRun, 'Run') : nothing}
          ${runLink(runId, 'In the list', { step: this.step, index: null })}
          ${node && node.kind !== 'sleep' && node.attempt > 0 ? workflowLink(node.key, 'State machine') : nothing}
          ${this.temporalUi && node ? html`<a target="_blank" rel="noopener noreferrer" href="${this.temporalUi}/namespaces/default/workflows/${encodeURIComponent(node.key)}">Temporal</a>` : nothing}
        </span>`,
      )}
    </dl>`;
  }

  private needs(needs: readonly string[]) {
    const choose = (id: string): void => {
      this.dispatchEvent(new CustomEvent('choose', { detail: id }));
    };
    const isStep = (id: string): boolean => this.open?.view?.steps.some((step) => step.id === id) ?? false;
    return html`<span class="needs">${needs.map((id) => (isStep(id) ? html`<button class="link" @click=${() => choose(id)}>${id}</button>` : html`<span>${id}</span>`))}</span>`;
  }

  /** What the step was given: the results of the steps it needs, and the input of the run where it needs none. */
  private inputs({ view, results, input }: OpenRun) {
    const declared = view?.steps.find(({ id }) => id === this.step);
    if (!view || !declared) return nothing;
    const given = declared.needs.filter((id) => {
      const node = view.nodes[id];
      return node && mayHaveResult(node);
    });
    const ofRun = declared.needs.length === 0 && input !== undefined && input !== null;
    if (given.length === 0 && !ofRun) return nothing;
    return html`<section aria-label="Inputs">
      <h3>Inputs</h3>
      ${ofRun ? html`<ev-long-text .text=${resultText(input)} label="Input of the run"></ev-long-text>` : nothing}
      ${repeat(
        given,
        (id) => id,
        (id) => html`<details @toggle=${(event: Event) => this.showInput(id, event)}>
          <summary>${id}</summary>
          ${this.shownInputs.has(id) ? html`<ev-result .target=${{ step: id, index: null }} .result=${results[view.nodes[id]?.key ?? ''] ?? null}></ev-result>` : nothing}
        </details>`,
      )}
    </section>`;
  }

  private showInput(id: string, { currentTarget }: Event): void {
    if (currentTarget instanceof HTMLDetailsElement && currentTarget.open)
      this.shownInputs = new Set(this.shownInputs).add(id);
  }

  private items({ view, runId, items, results }: OpenRun) {
    const counts = view?.items[this.step];
    if (!counts) return nothing;
    return html`${lane(counts, `Items of ${this.name}`)}
      <ev-items .runId=${runId} .step=${this.step} .counts=${counts} .list=${items[this.step] ?? null} .results=${results}></ev-items>`;
  }

  private result({ view, results }: OpenRun, node: RunNode | undefined) {
    const target = { step: this.step, index: null };
    const isCall = view?.script && node && node.kind !== 'sleep' && node.kind !== 'workflow';
    if (!node || !(isCall || mayHaveResult(node))) return nothing;
    return html`<ev-result .target=${target} .result=${results[node.key] ?? null}></ev-result>`;
  }

  private actions(open: OpenRun, node: RunNode | undefined) {
    const { view, runId } = open;
    const from = view?.script ? (node?.kind === 'agent' ? node.label : null) : this.step;
    const canRerun = !isActive(open);
    const address = addressOfRun(runId, { step: this.step, index: null }, 'graph');
    return html`<div class="actions">
      ${
        from === null
          ? nothing
          : html`<button ?disabled=${!canRerun} title=${canRerun ? '' : 'When the run has ended'} @click=${() => request(this, 'offer-rerun', { from })}>
              ${icon('retry', 14)}${view?.script ? 'Re-run with this agent afresh' : 'Re-run from here'}
            </button>`
      }
      <ev-copy .text=${`${location.origin}${address}`} label="Copy a link to this node"></ev-copy>
    </div>`;
  }
}

customElements.define('ev-node-inspector', NodeInspector);
