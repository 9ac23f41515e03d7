import { css, html, LitElement, nothing } from 'lit';
import type { Session } from '../../contracts/api.ts';
import { request } from '../events.ts';
import { shared } from '../parts/shared.styles.ts';

class DeleteSession extends LitElement {
  static override properties = { session: { attribute: false } };
  declare session: Session | null;

  constructor() {
    super();
    this.session = null;
  }

  static override styles = [
    shared,
    css`
      p {
        margin: 0 0 var(--space-5);
        overflow-wrap: anywhere;
      }
      div {
        display: flex;
        justify-content: flex-end;
        gap: var(--space-2);
      }
    `,
  ];

  override render() {
    const { session } = this;
    if (!session) return nothing;
    return html`<p>“${session.title || 'Untitled session'}” and its whole transcript are removed. Files in its workspace stay.</p>
      <div>
        <button autofocus @click=${() => request(this, 'show-panel', { panel: 'none' })}>Keep</button>
        <button class="danger" @click=${() => request(this, 'delete-session', { id: session.id })}>Delete</button>
      </div>`;
  }
}

customElements.define('ev-delete-session', DeleteSession);
