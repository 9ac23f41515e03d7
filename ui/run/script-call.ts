import { html, nothing } from 'lit';
import type { Question, RunNode } from '../../contracts/runs.ts';
import { request } from '../events.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { dollars, moment } from '../parts/model/format.ts';
import { headOf } from '../parts/model/lines.ts';
import { runLink, sessionLink, workflowTool } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { callWords, stateMark, stateMarkStyles } from '../parts/state-mark.ts';
import { addressOfRun } from '../shell/model/address.ts';
import type { ResultState } from './model/open-run.ts';
import { callName, reusedFrom, sleepsUntil, sleepWords } from './model/phases.ts';
import { usedTokens } from './model/steps.ts';
import { callStyles } from './script-call.styles.ts';
import { stepStyles } from './step.styles.ts';
import '../parts/copy.ts';
import '../parts/elapsed.ts';
import '../parts/long-text.ts';
import '../inbox/question.ts';
import './result.ts';

export type CallPlace = { runId: string; temporalUi: string | null; canRerun: boolean };

const settlingFrames = 4;

type ScriptCallProps = {
  call: RunNode | null;
  question: Question | undefined;
  approvals: Approvals | null;
  result: ResultState | null;
  place: CallPlace | null;
  /** Whether the address names it. */
  target: boolean;
  open: boolean;
};

/** One call of a script: a line of facts; opened, what was asked and what it gave. */
class ScriptCall extends element<ScriptCallProps>(
  { call: null, question: undefined, approvals: null, result: null, place: null, target: false, open: false },
  'open',
) {
  static override styles = [shared, stateMarkStyles, stepStyles, callStyles];

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('target') && this.target) this.open = true;
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('target') && this.target) this.reveal(settlingFrames);
  }

  /** Rows that come into sight on the way get their true heights, and move it: it is looked for again. */
  private reveal(frames: number): void {
    this.scrollIntoView({ block: 'center' });
    if (frames > 0) requestAnimationFrame(() => this.reveal(frames - 1));
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('.head')?.focus();
  }

  override render() {
    const { call, place } = this;
    if (!call || !place) return nothing;
    const { status, kind, attempt, usage } = call;
    const name = kind === 'sleep' ? sleepWords(call) : callName(call);
    return html`<div class="row ${this.target ? 'target' : ''}">
        <button class="head" aria-expanded=${this.open} @click=${this.toggle}>
          <span class="chevron">${icon('chevron', 12)}</span>
          <span class="state">${stateMark(status, callWords)}</span>
          <span class="name" title=${name}>${name}</span>
        </button>
        <span class="tags">
          <span>${kind}</span>
          ${attempt > 1 ? html`<span>attempt ${attempt}</span>` : nothing}
          ${this.origin(call)}
          ${this.sleeping(call)}
        </span>
        <span class="links">
          ${call.sessionId ? sessionLink(call.sessionId, 'Session', 'Read it, and send to it') : nothing}
          ${call.childRun ? runLink(call.childRun, 'Run') : nothing}
        </span>
        <span class="number numbers" title="Tokens">${usedTokens(call)}</span>
        <span class="number cost numbers" title="Cost">${usage?.cost ? dollars(usage.cost) : ''}</span>
        <span class="number time numbers" title="Duration">${status === 'pending' ? nothing : html`<ev-elapsed .from=${call.startedAt} .to=${call.endedAt}></ev-elapsed>`}</span>
      </div>
      ${this.open ? this.body(call, place) : this.glimpse(call)}
      ${this.asking()}`;
  }

  private origin(call: RunNode) {
    const from = reusedFrom(call);
    if (from) return html`<span class="reused">${icon('reuse', 12)}reused from ${runLink(from, `run ${from}`)}</span>`;
    if (!call.freshBecause) return nothing;
    return html`<span class="again" title=${call.freshBecause}>ran again: ${call.freshBecause}</span>`;
  }

  private sleeping(call: RunNode) {
    const until = sleepsUntil(call);
    return until === null ? nothing : html`<span>until <time datetime=${until}>${moment(until)}</time></span>`;
  }

  private glimpse({ reason, status }: RunNode) {
    if (!reason) return nothing;
    const { head, more } = headOf(reason, 2, 240);
    return html`<p class="why ${status}">${head}${more ? html` … <button class="link" @click=${this.toggle}>the whole reason</button>` : nothing}</p>`;
  }

  private body(call: RunNode, { runId, temporalUi, canRerun }: CallPlace) {
    const { step, key, kind, label, reason, code } = call;
    const target = { step, index: null };
    return html`<div class="body">
      ${reason ? html`<ev-long-text .text=${reason} label=${code ? `Reason · ${code}` : 'Reason'}></ev-long-text>` : nothing}
      ${kind === 'sleep' || kind === 'workflow' ? nothing : html`<ev-result .target=${target} .result=${this.result}></ev-result>`}
      ${call.status === 'pending' ? html`<p class="description">It begins as soon as there is a place for it.</p>` : nothing}
      <div class="actions">
        ${
          kind === 'agent' && label !== null
            ? html`<button ?disabled=${!canRerun} title=${canRerun ? '' : 'When the run has ended'} @click=${() => request(this, 'offer-rerun', { from: label })}>
                ${icon('retry', 14)}Re-run with this agent afresh
              </button>`
            : nothing
        }
        <span class="tools">
          <ev-copy .text=${`${location.origin}${addressOfRun(runId, target)}`} label="Copy a link to this call"></ev-copy>
          ${kind !== 'sleep' && call.attempt > 0 ? workflowTool(key, `call ${callName(call)}`) : nothing}
          ${temporalUi && kind !== 'sleep' ? html`<a class="tool" target="_blank" rel="noopener noreferrer" title="Open in Temporal UI" aria-label="The call in Temporal UI" href="${temporalUi}/namespaces/default/workflows/${encodeURIComponent(key)}">${icon('external', 14)}</a>` : nothing}
        </span>
      </div>
    </div>`;
  }

  private asking() {
    const { question, approvals } = this;
    if (!question) return nothing;
    return html`<ev-question
      .question=${question}
      .name=${this.call ? callName(this.call) : ''}
      .locked=${approvals?.locked ?? null}
      .answering=${approvals?.answering[question.id] ?? null}
      .failure=${approvals?.failures[question.id] ?? null}
      .faults=${approvals?.faults[question.id] ?? []}
    ></ev-question>`;
  }

  private toggle(): void {
    this.open = !this.open;
    if (this.call) request(this, 'show-place', { target: this.open ? { step: this.call.step, index: null } : null });
  }
}

customElements.define('ev-script-call', ScriptCall);
