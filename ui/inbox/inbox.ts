import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Session } from '../../contracts/api.ts';
import type { Approval, Decision } from '../../contracts/approvals.ts';
import type { StagedChanges } from '../../contracts/file-changes.ts';
import type { Question, Run } from '../../contracts/runs.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { Keys } from '../parts/keys.ts';
import { plural } from '../parts/model/format.ts';
import { runLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { ApprovalCard } from './approval.ts';
import { isSecondPress, missesMoved } from './second-press.ts';
import { type Approvals, stagedKey } from './state/approvals.ts';
import './question.ts';
import './staged.ts';

type InboxProps = {
  approvals: Approvals | null;
  sessions: readonly Session[];
  runs: readonly Run[];
  /** The one that keys act on. */
  selected: string | null;
  /** Calls that are answered together. */
  marked: ReadonlySet<string>;
};

type Staged = { id: string; askedAt: string; staged: StagedChanges };
type Waiting = Approval | Question | Staged;
const isStaged = (one: Waiting): one is Staged => 'staged' in one;

/** Oldest first. */
const waitingOf = (approvals: Approvals | null | undefined): Waiting[] => {
  const { items = [], questions = [], staged = [] } = approvals ?? {};
  const ofSessions = staged.map((one): Staged => ({ id: stagedKey(one.sessionId), askedAt: one.since, staged: one }));
  return [...items, ...questions, ...ofSessions].toSorted((a, b) => a.askedAt.localeCompare(b.askedAt));
};

const isCall = (one: Waiting): one is Approval => 'argumentsHash' in one;
/** A question of an agent has an answer of its own. */
const isPlainCall = (one: Waiting): one is Approval => isCall(one) && !one.question;

/** Every call, question and staged change that waits for a person, in all sessions and runs, oldest first; by keyboard, and several at once. */
class Inbox extends element<InboxProps>(
  { approvals: null, sessions: [], runs: [], selected: null, marked: new Set<string>() },
  'selected',
  'marked',
) {
  static override styles = [
    shared,
    css`
      ol {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-5);
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        padding-left: var(--space-3);
        border-left: 2px solid transparent;
        scroll-margin-block: 5rem var(--space-4);
      }
      li.selected {
        border-left-color: var(--accent);
      }
      .from {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        margin-bottom: var(--space-2);
        font-size: var(--text-s);
      }
      .from label {
        display: flex;
        flex: 1;
        align-items: center;
        gap: var(--space-2);
        min-width: 0;
      }
      .from input {
        flex: none;
        margin: 0;
        accent-color: var(--accent);
      }
      .from .title {
        flex: 1;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: 550;
      }
      .from a {
        flex: none;
      }
      .bar {
        position: sticky;
        top: 0;
        z-index: 1;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        margin-bottom: var(--space-4);
        padding: var(--space-2) 0;
        border-bottom: 1px solid var(--line);
        background: var(--bg);
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .bar .words {
        flex: 1;
      }
      @media (hover: none) {
        .bar .keys {
          visibility: hidden;
        }
        .bar:has(.keys:only-child) {
          display: none;
        }
      }
      .bar button {
        min-height: 1.625rem;
        font-size: var(--text-xs);
      }
      :host([side]) .bar {
        top: 3.5rem;
      }
      p {
        margin: 0;
        color: var(--muted);
      }
    `,
  ];

  constructor() {
    super();
    new Keys(this, {
      j: () => this.move(1),
      k: () => this.move(-1),
      y: () => this.decide('approve'),
      n: () => this.decide('deny'),
      s: () => this.card()?.allowForSession(),
      x: () => this.mark(this.selected),
      o: () => this.openSelected(),
    });
  }

  private get waiting(): Waiting[] {
    return waitingOf(this.approvals);
  }

  /** What was answered is neither selected nor marked; the next one in its place is. */
  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('approvals')) return;
    const before = changed.get('approvals');
    const { waiting } = this;
    const ids = waiting.map(({ id }) => id);
    if (this.selected === null || !ids.includes(this.selected)) {
      const place = waitingOf(before).findIndex(({ id }) => id === this.selected);
      this.selected = ids[Math.min(Math.max(place, 0), ids.length - 1)] ?? null;
    }
    if (waitingOf(before).some(({ id }) => !ids.includes(id))) this.movedAt = performance.now();
    const left = [...this.marked].filter((id) => ids.includes(id));
    if (left.length !== this.marked.size) this.marked = new Set(left);
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('selected') && changed.get('selected') !== undefined)
      this.renderRoot.querySelector('li.selected')?.scrollIntoView({ block: 'nearest' });
  }

  override render() {
    const { waiting } = this;
    if (waiting.length === 0) {
      return html`<p>Nothing is waiting for you. Approvals, staged file changes, and questions from agents and runs appear here and in their session or run.</p>`;
    }
    return html`${this.bar(waiting)}
      <ol @click=${this.guard}>
        ${repeat(
          waiting,
          ({ id }) => id,
          (one) =>
            html`<li class=${one.id === this.selected ? 'selected' : ''} data-id=${one.id} @focusin=${() => this.choose(one.id)} @pointerdown=${() => this.choose(one.id)}>${this.one(one)}</li>`,
        )}
      </ol>`;
  }

  private movedAt = Number.NEGATIVE_INFINITY;

  /** Cards move up when one above them is answered, here or elsewhere. */
  private readonly guard = {
    capture: true,
    handleEvent: (event: MouseEvent): void => {
      if (!isSecondPress(event) && !missesMoved(event, this.movedAt)) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };

  private bar(waiting: readonly Waiting[]): TemplateResult {
    const calls = waiting.filter(isPlainCall);
    const locked = this.approvals?.locked != null;
    if (this.marked.size === 0)
      return html`<div class="bar">
        <span class="words keys"><kbd>J</kbd> <kbd>K</kbd> move · <kbd>Y</kbd> approve · <kbd>N</kbd> deny · <kbd>S</kbd> allow for this session · <kbd>X</kbd> mark</span>
        ${calls.length > 1 ? html`<button @click=${() => this.markAll(calls)}>Mark all ${calls.length}</button>` : nothing}
      </div>`;
    return html`<div class="bar" role="group" aria-label="Marked calls">
      <span class="words">${plural(this.marked.size, 'call')} marked</span>
      <button class="primary" ?disabled=${locked} @click=${() => this.answerMarked('approve')}>Approve ${this.marked.size}</button>
      <button class="danger" ?disabled=${locked} @click=${() => this.answerMarked('deny')}>Deny ${this.marked.size}</button>
      <button class="quiet" @click=${() => this.markAll([])}>Unmark</button>
    </div>`;
  }

  private one(one: Waiting): TemplateResult {
    if (isStaged(one)) return this.staged(one);
    return isCall(one) ? this.approval(one) : this.question(one);
  }

  private staged({ id, staged }: Staged) {
    return html`<div class="from">
        <span class="title">${visible(staged.title || `Session ${staged.sessionId}`)}</span>
        <button class="link" @click=${() => request(this, 'open-session', { id: staged.sessionId })}>Open session</button>
      </div>
      <ev-staged
        .staged=${staged}
        .locked=${this.approvals?.locked ?? null}
        .answering=${this.approvals?.answering[id] ?? null}
        .failure=${this.approvals?.failures[id] ?? null}
      ></ev-staged>`;
  }

  private approval(approval: Approval) {
    const { id, sessionId } = approval;
    const title = html`<span class="title">${visible(this.titleOf(sessionId))}</span>`;
    return html`<div class="from">
        ${isPlainCall(approval) ? html`<label><input type="checkbox" aria-label="Mark this call" .checked=${this.marked.has(id)} @change=${() => this.mark(id)} />${title}</label>` : title}
        <button class="link" @click=${() => request(this, 'open-session', { id: sessionId })}>Open session</button>
      </div>
      <ev-approval
        .approval=${approval}
        .locked=${this.approvals?.locked ?? null}
        .answering=${this.approvals?.answering[id] ?? null}
        .failure=${this.approvals?.failures[id] ?? null}
      ></ev-approval>`;
  }

  private question(question: Question) {
    const { id, runId, step } = question;
    return html`<div class="from">
        <span class="title">${visible(this.runs.find((run) => run.id === runId)?.name ?? `Run ${runId}`)}</span>
        ${runLink(runId, 'Open run', { step, index: null })}
      </div>
      <ev-question
        .question=${question}
        .locked=${this.approvals?.locked ?? null}
        .answering=${this.approvals?.answering[id] ?? null}
        .failure=${this.approvals?.failures[id] ?? null}
        .faults=${this.approvals?.faults[id] ?? []}
      ></ev-question>`;
  }

  private titleOf(sessionId: string): string {
    return this.sessions.find(({ id }) => id === sessionId)?.title || `Session ${sessionId}`;
  }

  private choose(id: string): void {
    this.selected = id;
  }

  private move(by: 1 | -1): void {
    const { waiting } = this;
    const at = waiting.findIndex(({ id }) => id === this.selected);
    const next = waiting[Math.min(Math.max(at + by, 0), waiting.length - 1)];
    if (next) this.selected = next.id;
  }

  private item(): Element | null {
    return this.renderRoot.querySelector('li.selected');
  }

  private card(): ApprovalCard | null {
    const card = this.item()?.querySelector('ev-approval');
    return card instanceof ApprovalCard ? card : null;
  }

  /** Of marked calls, else of the selected one. What has fields to fill in gets the focus instead. */
  private decide(decision: Decision): void {
    if (this.approvals?.locked != null) return;
    if (this.marked.size > 0) {
      this.answerMarked(decision);
      return;
    }
    const one = this.waiting.find(({ id }) => id === this.selected);
    if (!one || this.approvals?.answering[one.id]) return;
    if (isStaged(one))
      request(this, 'decide-staged', { staged: one.staged, decision: decision === 'approve' ? 'approve' : 'reject' });
    else if (!isCall(one))
      this.item()?.querySelector('ev-question')?.shadowRoot?.querySelector<HTMLElement>('button.primary')?.focus();
    else if (decision === 'approve' && !one.question)
      request(this, 'answer-approval', { id: one.id, decision, note: '' });
    else this.card()?.startDeny();
  }

  private mark(id: string | null): void {
    const one = this.waiting.find((other) => other.id === id);
    if (!one || !isPlainCall(one)) return;
    const marked = new Set(this.marked);
    if (!marked.delete(one.id)) marked.add(one.id);
    this.marked = marked;
  }

  private markAll(calls: readonly Approval[]): void {
    this.marked = new Set(calls.map(({ id }) => id));
  }

  private answerMarked(decision: Decision): void {
    request(this, 'answer-several', { ids: [...this.marked], decision });
    this.marked = new Set();
  }

  private openSelected(): void {
    const one = this.waiting.find(({ id }) => id === this.selected);
    if (!one) return;
    if (isStaged(one)) request(this, 'open-session', { id: one.staged.sessionId });
    else if (isCall(one)) request(this, 'open-session', { id: one.sessionId });
    else request(this, 'open-run', { id: one.runId, target: { step: one.step, index: null } });
  }
}

customElements.define('ev-inbox', Inbox);
