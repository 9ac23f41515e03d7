import { css, html, nothing } from 'lit';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Connection } from './model/connection.ts';

type ConnectionStripProps = {
  connection: Connection | null;
  now: number;
};

/** While the stream is lost: why, and when it is tried again. */
class ConnectionStrip extends element<ConnectionStripProps>({ connection: null, now: 0 }, 'now') {
  private timer: ReturnType<typeof setInterval> | undefined;

  static override styles = [
    shared,
    css`
      div {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        padding: var(--space-1) var(--space-4);
        border-bottom: 1px solid var(--warn-line);
        background: var(--warn-soft);
        color: var(--warn);
        font-size: var(--text-s);
        font-variant-numeric: tabular-nums;
      }
      .failed {
        border-color: var(--danger-line);
        background: var(--danger-soft);
        color: var(--danger);
      }
      span {
        flex: 1;
        overflow-wrap: anywhere;
      }
      button {
        min-height: 1.75rem;
        color: var(--fg);
      }
    `,
  ];

  override willUpdate(): void {
    clearInterval(this.timer);
    this.now = Date.now();
    if (this.connection?.state !== 'retrying') return;
    this.timer = setInterval(() => {
      this.now = Date.now();
    }, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  override render() {
    const { connection } = this;
    if (connection?.state !== 'retrying' && connection?.state !== 'failed') return nothing;
    const seconds = connection.state === 'retrying' ? Math.ceil((connection.retryAt - this.now) / 1000) : 0;
    return html`<div class=${connection.state}>
      ${icon('warning')}
      <span>${connection.error.message}${seconds > 0 ? html` · next try in ${seconds} s` : nothing}</span>
      <button @click=${() => request(this, 'reconnect', null)}>Retry now</button>
    </div>`;
  }
}

customElements.define('ev-connection-strip', ConnectionStrip);
