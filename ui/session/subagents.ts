import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Session } from '../../contracts/api.ts';
import { subagentWorkflowId } from '../../contracts/ids.ts';
import { hasEnded, type Subagent } from '../../contracts/subagents.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { sessionLink, workflowLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { stateMarkStyles, subagentMark } from '../parts/state-mark.ts';
import type { Subagents } from './state/subagents.ts';
import '../parts/elapsed.ts';

type SubagentListProps = {
  subagents: Subagents | null;
  sessions: readonly Session[];
  /** The open session. */
  sessionId: string | null;
};

/** The background agents of the open session, or all: how each stands, its session, and a way to cancel it. */
class SubagentList extends element<SubagentListProps>({ subagents: null, sessions: [], sessionId: null }) {
  static override styles = [
    shared,
    stateMarkStyles,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-3);
        margin-bottom: var(--space-3);
      }
      .choice {
        display: flex;
        gap: 2px;
        padding: 2px;
        border-radius: var(--radius-s);
        background: var(--active);
      }
      .choice button {
        min-height: 1.75rem;
        border: 0;
        background: none;
        color: var(--muted);
      }
      .choice button[aria-pressed='true'] {
        background: var(--surface);
        color: var(--fg);
        box-shadow: var(--shadow);
      }
      .note {
        color: var(--muted);
        font-size: var(--text-xs);
      }
      ol {
        margin: 0;
        padding: 0;
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--surface);
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-1) var(--space-3);
        align-items: center;
        padding: var(--space-3) var(--space-3) var(--space-3) var(--space-4);
        font-size: var(--text-s);
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      .label {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: 550;
      }
      .facts {
        grid-column: 1;
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-3);
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .actions {
        grid-column: 2;
        grid-row: 1 / span 2;
        display: flex;
        align-items: center;
        gap: var(--space-3);
      }
      .reason {
        grid-column: 1 / -1;
        margin: 0;
        overflow-wrap: anywhere;
        color: var(--muted);
        font-size: var(--text-xs);
      }
      p.empty {
        margin: 0;
        color: var(--muted);
      }
    `,
  ];

  override render() {
    const { subagents } = this;
    if (!subagents) return nothing;
    const isNarrowed = this.sessionId !== null && subagents.ofSession;
    const items = isNarrowed
      ? subagents.items.filter(({ parentSessionId }) => parentSessionId === this.sessionId)
      : subagents.items;
    return html`
      <div class="bar">
        ${
          this.sessionId === null
            ? html`<span class="note">Of all sessions</span>`
            : html`<div class="choice" role="group" aria-label="Whose background agents">
                ${this.choice(true, 'This session')}${this.choice(false, 'All sessions')}
              </div>`
        }
        ${this.notifying(subagents)}
      </div>
      ${items.length === 0 ? this.empty(subagents, isNarrowed) : this.list(items, !isNarrowed)}
    `;
  }

  private choice(ofSession: boolean, words: string) {
    const isChosen = this.subagents?.ofSession === ofSession;
    return html`<button aria-pressed=${isChosen} @click=${() => request(this, 'show-subagents', { ofSession })}>${words}</button>`;
  }

  private notifying({ permission }: Subagents) {
    if (permission === 'default') {
      return html`<button @click=${() => request(this, 'ask-to-notify', null)}>Notify me when one ends</button>`;
    }
    if (permission === 'granted') return html`<span class="note">You are notified when one ends</span>`;
    return permission === 'denied'
      ? html`<span class="note">This browser does not allow notifications</span>`
      : nothing;
  }

  private empty({ status }: Subagents, isNarrowed: boolean) {
    if (status === 'loading') return html`<p class="empty" role="status">Loading…</p>`;
    if (status === 'failed') return html`<p class="empty" role="alert">Cannot load the list.</p>`;
    const where = isNarrowed ? 'This session has no background agents.' : 'There are none yet.';
    return html`<p class="empty">${where} An agent starts another one to work in the background when you ask for it; how that ends comes back to it as a message.</p>`;
  }

  private list(items: readonly Subagent[], withParent: boolean) {
    return html`<ol>
      ${repeat(
        items,
        ({ id }) => id,
        (subagent) => this.row(subagent, withParent),
      )}
    </ol>`;
  }

  private row(subagent: Subagent, withParent: boolean) {
    const { id, label, sessionId, createdAt, startedAt, endedAt, ahead, code, reason, status, model } = subagent;
    return html`<li>
      <span class="label" title=${label}>${visible(label)}</span>
      <div class="facts">
        ${subagentMark(subagent)}
        <span class="numbers"><ev-elapsed .from=${startedAt ?? createdAt} .to=${endedAt}></ev-elapsed></span>
        ${ahead === null ? nothing : html`<span>${ahead === 0 ? 'next in line' : `${ahead} before it`}</span>`}
        <span>${model}</span>
        ${code === null ? nothing : html`<code>${code}</code>`}
        ${withParent ? html`<span>of ${sessionLink(subagent.parentSessionId, this.titleOf(subagent.parentSessionId))}</span>` : nothing}
      </div>
      <div class="actions">
        ${sessionId === null ? html`<span class="note">deleted</span>` : sessionLink(sessionId, 'Open', `Open the session of ${label}`)}
        ${startedAt === null ? nothing : workflowLink(subagentWorkflowId(id), 'State machine')}
        ${hasEnded(status) ? nothing : this.cancelButton(id, label, subagent.cancelling)}
      </div>
      ${reason === null ? nothing : html`<p class="reason">${reason}</p>`}
    </li>`;
  }

  private cancelButton(id: string, label: string, cancelling: boolean) {
    const isAsked = cancelling || this.subagents?.asked[id] === true;
    return html`<button
      class="quiet icon"
      title="Cancel"
      aria-label="Cancel ${label}"
      ?disabled=${isAsked}
      @click=${() => request(this, 'cancel-subagent', { id })}
    >
      ${icon('stop', 14)}
    </button>`;
  }

  private titleOf(sessionId: string): string {
    return this.sessions.find(({ id }) => id === sessionId)?.title || `session ${sessionId}`;
  }
}

customElements.define('ev-subagents', SubagentList);
