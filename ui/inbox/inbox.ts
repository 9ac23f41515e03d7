import { css, html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Session } from '../../contracts/api.ts';
import type { Approval } from '../../contracts/approvals.ts';
import type { Question, Run } from '../../contracts/runs.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { runLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Approvals } from './state/approvals.ts';
import './approval.ts';
import './question.ts';

type InboxProps = {
  approvals: Approvals | null;
  sessions: readonly Session[];
  runs: readonly Run[];
};

/** Every call and question that waits for a person, in all sessions and runs, oldest first. */
class Inbox extends element<InboxProps>({ approvals: null, sessions: [], runs: [] }) {
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
      .from a {
        flex: none;
      }
      p {
        margin: 0;
        color: var(--muted);
      }
    `,
  ];

  override render() {
    const { items = [], questions = [] } = this.approvals ?? {};
    const waiting = [...items, ...questions].toSorted((a, b) => a.askedAt.localeCompare(b.askedAt));
    if (waiting.length === 0) {
      return html`<p>Nothing is waiting for you. Approvals of file changes and commands, and questions from runs, appear here and in their session or run.</p>`;
    }
    return html`<ol>
      ${repeat(
        waiting,
        ({ id }) => id,
        (one) => html`<li>${'form' in one ? this.question(one) : this.approval(one)}</li>`,
      )}
    </ol>`;
  }

  private approval(approval: Approval) {
    return html`<div class="from">
        <span>${visible(this.titleOf(approval.sessionId))}</span>
        <button class="link" @click=${() => request(this, 'open-session', { id: approval.sessionId })}>Open the session</button>
      </div>
      <ev-approval
        .approval=${approval}
        .locked=${this.approvals?.locked ?? null}
        .answering=${this.approvals?.answering[approval.id] ?? null}
        .failure=${this.approvals?.failures[approval.id] ?? null}
      ></ev-approval>`;
  }

  private question(question: Question) {
    const { id, runId, step } = question;
    return html`<div class="from">
        <span>${visible(this.runs.find((run) => run.id === runId)?.name ?? `Run ${runId}`)}</span>
        ${runLink(runId, 'Open the run', { step, index: null })}
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
}

customElements.define('ev-inbox', Inbox);
