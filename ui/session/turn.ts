import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Span } from '../../contracts/api.ts';
import { turnWorkflowId } from '../../contracts/ids.ts';
import type { Subagent } from '../../contracts/subagents.ts';
import { searchAttributes } from '../../contracts/temporal.ts';
import { request } from '../events.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { dollars, duration, plural, tokens } from '../parts/model/format.ts';
import { workflowTool } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { timeOf, turnUsage } from '../trace/model/trace.ts';
import { explain } from './model/advice.ts';
import { backgroundMessage } from './model/background-message.ts';
import { type Block, type Note, withCuts } from './model/blocks.ts';
import { cutsOf } from './model/durability.ts';
import { type CallGroup, folded } from './model/fold.ts';
import type { SessionPlace } from './model/place.ts';
import type { TurnModel } from './model/turns.ts';
import { turnStyles } from './turn.styles.ts';
import '../parts/copy.ts';
import '../parts/elapsed.ts';
import '../parts/markdown.ts';
import './attached.ts';
import './background-message.ts';
import './calls.ts';
import './cut.ts';
import './stalled.ts';
import './thinking.ts';
import '../parts/time.ts';
import './tool-card.ts';
import '../trace/waterfall.ts';
import './user-text.ts';

/** How far from the screen turns keep their content. */
const keptAround = '3000px';
/** Above and below a turn, as its styles have it. */
const padding = 24;

type TurnViewProps = {
  turn: TurnModel | null;
  sessionId: string;
  /** The session is that of an agent of a flow or script. */
  isOfStep: boolean;
  approvals: Approvals | null;
  /** Background agents that are known. */
  subagents: readonly Subagent[];
  selected: SessionPlace | null;
  /** This user may change nothing. */
  locked: boolean;
  /** Undefined until they are asked for, null while they are fetched. */
  spans: readonly Span[] | null | undefined;
  temporalUi: string | null;
  tracing: boolean;
  /** The height that is kept while the turn is far from the screen, else 0. */
  farHeight: number;
};

/** A user message and all that answered it. */
class TurnView extends element<TurnViewProps>(
  {
    turn: null,
    sessionId: '',
    isOfStep: false,
    approvals: null,
    subagents: [],
    selected: null,
    locked: false,
    spans: undefined,
    temporalUi: null,
    tracing: false,
    farHeight: 0,
  },
  'tracing',
  'farHeight',
) {
  private seen: IntersectionObserver | undefined;
  private near: IntersectionObserver | undefined;

  static override styles = [shared, turnStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.seen = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.askForTrace();
    });
    this.seen.observe(this);
    const root = this.parentElement?.parentElement ?? null;
    this.near = new IntersectionObserver((entries) => this.drawNear(entries), { root, rootMargin: keptAround });
    this.near.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.seen?.disconnect();
    this.near?.disconnect();
  }

  /** The usage of a turn is read when the turn is seen and has ended. */
  override updated(): void {
    if (this.turn?.hasEnded && this.spans === undefined) {
      this.seen?.unobserve(this);
      this.seen?.observe(this);
    }
  }

  /** What is far from the screen gives up its content, and keeps its height. */
  private drawNear(entries: readonly IntersectionObserverEntry[]): void {
    const isNear = entries.at(-1)?.isIntersecting ?? true;
    if (isNear) this.farHeight = 0;
    else if (this.turn?.hasEnded && !this.matches(':focus-within')) this.farHeight = this.offsetHeight;
  }

  private askForTrace(): void {
    const { turn } = this;
    if (turn?.hasEnded && this.spans === undefined) {
      request(this, 'load-trace', { turn: turn.turn });
    }
  }

  override render() {
    const { turn } = this;
    if (!turn) return nothing;
    if (this.farHeight > 0) return html`<div .style=${`height: ${this.farHeight - 2 * padding}px`}></div>`;
    return html`<article aria-label="Turn ${turn.turn}" aria-busy=${turn.status === 'running'}>
      ${
        turn.request
          ? html`${this.said(turn.turn, turn.request)}
              <ev-attached end .items=${turn.request.attached}></ev-attached>`
          : html`<p class="note">This turn starts on an older page.</p>`
      }
      <div class="reply">
        ${repeat(
          folded(this.spans ? withCuts(turn.blocks, cutsOf(this.spans)) : turn.blocks),
          ({ key }) => key,
          (block) => this.block(block),
        )}
        ${turn.growing ? html`<ev-stalled .size=${turn.growing.size} .startedAt=${turn.growing.startedAt} .attempt=${turn.growing.attempt}></ev-stalled>` : nothing}
      </div>
      ${this.ending(turn)} ${turn.hasEnded ? this.footer(turn) : nothing}
      ${this.tracing && this.spans ? html`<ev-waterfall outer .spans=${this.spans} .selected=${this.selected?.kind === 'span' ? this.selected.id : null} @select-bar=${this.selectBar}></ev-waterfall>` : nothing}
    </article>`;
  }

  private said(turn: number, { text, at, attached }: NonNullable<TurnModel['request']>): TemplateResult {
    const message = backgroundMessage({ turn, text }, this.subagents);
    if (message) return html`<ev-background-message .message=${message} .at=${at}></ev-background-message>`;
    const canEdit = !this.locked && !this.isOfStep && attached.length === 0 && text !== '';
    return html`<ev-user-text .text=${text} .at=${at} .turn=${canEdit ? turn : 0}></ev-user-text>`;
  }

  private waiting({ label, startedAt, attempt = 1 }: Extract<Block, { kind: 'waiting' }>): TemplateResult {
    return html`<p class="waiting">
      <span class="dots"><i></i><i></i><i></i></span>${label ? `Waiting for ${label}` : 'Working'}
      ${startedAt ? html`<span class="numbers"><ev-elapsed .from=${startedAt}></ev-elapsed>${attempt > 1 ? ` · attempt ${attempt}` : nothing}</span>` : nothing}
    </p>`;
  }

  private block(block: Block | CallGroup): TemplateResult | typeof nothing {
    switch (block.kind) {
      case 'text':
        return html`<ev-markdown .text=${block.text} ?streaming=${block.streaming}></ev-markdown>`;
      case 'thinking':
        return html`<ev-thinking .text=${block.text} ?streaming=${block.streaming}></ev-thinking>`;
      case 'tool':
        return html`<ev-tool-card .block=${block} .turn=${this.turn?.turn ?? 0} .selected=${this.selected} .approvals=${this.approvals}></ev-tool-card>`;
      case 'calls':
        return html`<ev-calls .group=${block} .turn=${this.turn?.turn ?? 0} .selected=${this.selected} .approvals=${this.approvals}></ev-calls>`;
      case 'waiting':
        return this.waiting(block);
      case 'cut':
        return html`<ev-cut .block=${block}></ev-cut>`;
      case 'pause':
        return html`<p class="note" role="status">${block.words}</p>`;
      case 'system':
        return this.notes(block.notes);
      case 'image':
        return html`<ev-attached .items=${block.images}></ev-attached>`;
      case 'error':
        return this.turn?.status === 'failed' && this.turn.code === block.code ? nothing : this.problem(block);
    }
  }

  private notes(notes: readonly Note[]) {
    // How a turn ended is said below it.
    const shown = notes.filter(({ label }) => label !== this.turn?.status);
    if (shown.length === 0) return nothing;
    return html`<div class="note">${shown.map(
      ({ label, text, isSaid }) => html`<p><strong>${label}</strong> ${isSaid ? 'Sent to the model: ' : ''}${text}</p>`,
    )}</div>`;
  }

  /** How the turn ended, when that is not simply well. */
  private ending({ status, code, blocks }: TurnModel) {
    if (status === 'cancelled') {
      return html`<p class="ended">${icon('stop', 14)}Cancelled. Finished work is kept.</p>`;
    }
    if (status !== 'failed') return nothing;
    const told = blocks.find((block) => block.kind === 'error' && block.code === code);
    return this.problem({ code: code ?? 'internal', message: told?.kind === 'error' ? told.message : '' });
  }

  private problem({ code, message }: { code: string; message: string }) {
    const { meaning, advice } = explain(code);
    const text = this.turn?.request?.text;
    return html`<div class="problem" role="group" aria-label="Error">
      <strong>${icon('warning')}${meaning}</strong>
      ${message && message !== meaning ? html`<p>${message}</p>` : nothing}
      <p>${advice} <code>${code}</code></p>
      ${text ? html`<button @click=${() => request(this, 'edit-draft', { text })}>${icon('retry', 14)}Restore draft</button>` : nothing}
    </div>`;
  }

  private footer({ turn, status, durationMs, blocks }: TurnModel) {
    const reply = blocks.flatMap((block) => (block.kind === 'text' ? [block.text] : [])).join('\n\n');
    const took = durationMs ?? (this.spans ? timeOf(this.spans) : null);
    return html`<footer class="numbers">
      <span>${status === 'completed' || status === null ? '' : `${status} · `}${took === null ? '' : duration(took)}</span>
      ${this.usage()}
      <span class="tools">
        ${reply ? html`<ev-copy .text=${reply} label="Copy the reply"></ev-copy>` : nothing}
        <button class="tool quiet" title="Fork: a new session from here" aria-label="Fork from turn ${turn}" @click=${() => request(this, 'fork-session', { turn })}>${icon('fork', 14)}</button>
        <button class="tool quiet" title="Inspect" aria-label="Inspect turn ${turn}" @click=${() => request(this, 'select-place', { place: { kind: 'turn', turn } })}>${icon('search', 14)}</button>
        <a class="tool" href="#turn-${turn}" title="Link to this turn" aria-label="Link to turn ${turn}">${icon('link', 14)}</a>
        ${this.isOfStep ? nothing : workflowTool(turnWorkflowId(this.sessionId, turn), `turn ${turn}`)}
        ${
          this.temporalUi
            ? html`<a class="tool" target="_blank" rel="noopener noreferrer" href=${this.workflowAddress(turn)} title="Open in Temporal UI" aria-label="Turn ${turn} in Temporal UI">${icon('external', 14)}</a>`
            : nothing
        }
      </span>
    </footer>`;
  }

  private usage() {
    if (!this.spans || this.spans.length === 0) return nothing;
    const { requests, tools, input, output, cacheRead, cost } = turnUsage(this.spans);
    const cached = input > 0 ? Math.round((cacheRead / input) * 100) : 0;
    const parts = [
      plural(requests, 'request'),
      ...(tools > 0 ? [plural(tools, 'tool call')] : []),
      `${tokens(input)} in${cached > 0 ? ` (${cached}% cached)` : ''}`,
      `${tokens(output)} out`,
      ...(cost ? [dollars(cost)] : []),
    ];
    return html`<button class="link" aria-expanded=${this.tracing} @click=${this.toggleTrace}>${parts.join(' · ')}</button>`;
  }

  /** The turn's workflow; of an agent in a run, what ran its turns is found by the session. */
  private workflowAddress(turn: number): string {
    const workflows = `${this.temporalUi}/namespaces/default/workflows`;
    return this.isOfStep
      ? `${workflows}?query=${encodeURIComponent(`${searchAttributes.session}="${this.sessionId}"`)}`
      : `${workflows}/${encodeURIComponent(turnWorkflowId(this.sessionId, turn))}`;
  }

  private selectBar({ detail }: CustomEvent<{ id: string }>): void {
    request(this, 'select-place', { place: { kind: 'span', id: detail.id } });
  }

  private toggleTrace(): void {
    this.tracing = !this.tracing;
  }
}

customElements.define('ev-turn', TurnView);
