import { css, html, LitElement } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Session } from '../../contracts/api.ts';
import { request } from '../events.ts';
import type { Approvals } from '../state/approvals.ts';
import { shared } from '../styles/shared.ts';
import './approval.ts';

/** Every call that waits for a person, in all sessions, oldest first. */
class Inbox extends LitElement {
  static override properties = { approvals: { attribute: false }, sessions: { attribute: false } };
  declare approvals: Approvals | null;
  declare sessions: readonly Session[];

  constructor() {
    super();
    this.approvals = null;
    this.sessions = [];
  }

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
      .from {
        display: flex;
        justify-content: space-between;
        gap: var(--space-3);
        margin-bottom: var(--space-2);
        font-size: var(--text-s);
      }
      .from span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: 550;
      }
      p {
        margin: 0;
        color: var(--muted);
      }
    `,
  ];

  override render() {
    const items = (this.approvals?.items ?? []).toSorted((a, b) => a.askedAt.localeCompare(b.askedAt));
    if (items.length === 0) {
      return html`<p>Nothing waits for you. When an agent wants to write a file or run a command in a session that does not allow it, it asks here and in the session.</p>`;
    }
    return html`<ol>
      ${repeat(
        items,
        ({ id }) => id,
        (approval) => html`<li>
          <div class="from">
            <span>${this.titleOf(approval.sessionId)}</span>
            <button class="link" @click=${() => request(this, 'open-session', { id: approval.sessionId })}>Open the session</button>
          </div>
          <ev-approval
            .approval=${approval}
            .answering=${this.approvals?.answering[approval.id] ?? null}
            .failure=${this.approvals?.failures[approval.id] ?? null}
          ></ev-approval>
        </li>`,
      )}
    </ol>`;
  }

  private titleOf(sessionId: string): string {
    return this.sessions.find(({ id }) => id === sessionId)?.title || `Session ${sessionId}`;
  }
}

customElements.define('ev-inbox', Inbox);
