import { css, html, LitElement, nothing } from 'lit';
import type { Run } from '../../contracts/runs.ts';
import { request } from '../events.ts';
import { shared } from '../parts/shared.styles.ts';

class CancelRun extends LitElement {
  static override properties = { run: { attribute: false } };
  declare run: Run | null;

  constructor() {
    super();
    this.run = null;
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
    const { run } = this;
    if (!run) return nothing;
    return html`<p>What runs of “${run.name}” is stopped, and nothing more starts. Results that are there stay, and a re-run uses them again.</p>
      <div>
        <button autofocus @click=${() => request(this, 'show-panel', { panel: 'none' })}>Let it run</button>
        <button class="danger" @click=${() => request(this, 'ask-run', { verb: 'cancel' })}>Cancel the run</button>
      </div>`;
  }
}

customElements.define('ev-cancel-run', CancelRun);
