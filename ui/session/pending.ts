import { css, html, nothing } from 'lit';
import type { AttachmentRef } from '../../contracts/attachments.ts';
import type { SessionView } from '../../contracts/view.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { shared } from '../parts/shared.styles.ts';
import type { OutboxItem } from './model/outbox-item.ts';
import './user-text.ts';

const waits = {
  enqueue: 'Waits for the running turn',
  interrupt: 'Interrupts the running turn',
  reject: 'Waits to start',
} as const;

const withNames = (attachments: readonly AttachmentRef[]): string =>
  attachments.length > 0 ? `With ${attachments.map(({ name }) => name).join(', ')} · ` : '';

type PendingMessagesProps = {
  waiting: SessionView['waiting'];
  outbox: readonly OutboxItem[];
  /** This user may change nothing. */
  locked: boolean;
};

/** Messages that no turn has taken yet: accepted ones, and those still on their way. */
class PendingMessages extends element<PendingMessagesProps>({ waiting: [], outbox: [], locked: false }) {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        gap: var(--space-3);
        padding-top: var(--space-4);
      }
      .message {
        display: grid;
        justify-items: end;
        grid-template-columns: minmax(0, 1fr);
      }
      .message > ev-user-text {
        justify-self: end;
        max-width: 100%;
        opacity: 0.75;
      }
      .state {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: flex-end;
        gap: var(--space-2);
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .failed {
        color: var(--danger);
      }
      .failed span {
        overflow-wrap: anywhere;
      }
      .actions {
        display: flex;
        gap: var(--space-2);
        margin-top: var(--space-2);
      }
    `,
  ];

  override render() {
    return html`
      ${this.waiting.map(
        ({ messageId, text, whenBusy, attachments = [] }) => html`<div class="message">
          <ev-user-text .text=${text}></ev-user-text>
          <div class="state">${withNames(attachments)}${waits[whenBusy]}</div>
          ${
            this.locked
              ? nothing
              : html`<div class="actions">
                  <button class="quiet" @click=${() => request(this, 'edit-message', { id: messageId })}>${icon('pencil', 14)}Edit</button>
                  <button class="quiet" @click=${() => request(this, 'withdraw-message', { id: messageId })}>${icon('cross', 14)}Withdraw</button>
                </div>`
          }
        </div>`,
      )}
      ${this.outbox
        .filter(({ status, messageId }) => status !== 'sending' || messageId === null)
        .map((item) => this.unsent(item))}
    `;
  }

  private unsent({ key, text, attachments, status, error }: OutboxItem) {
    return html`<div class="message">
      <ev-user-text .text=${text}></ev-user-text>
      ${
        status === 'failed'
          ? html`<div class="state failed" role="alert">
              <span>${error?.message ?? 'Not sent'}</span>
            </div>
            <div class="actions">
              <button @click=${() => request(this, 'send-again', { key })}>${icon('retry', 14)}Send again</button>
              <button class="quiet" @click=${() => request(this, 'discard-message', { key })}>Discard</button>
            </div>`
          : html`<div class="state">${withNames(attachments)}${status === 'sending' ? 'Sending…' : nothing}</div>`
      }
    </div>`;
  }
}

customElements.define('ev-pending', PendingMessages);
