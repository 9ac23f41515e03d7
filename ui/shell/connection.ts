import { css, html, nothing } from 'lit';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Connection } from './model/connection.ts';

const words = {
  live: 'Live',
  connecting: 'Connecting',
  silent: 'No signal',
  stalled: 'Stalled',
  retrying: 'Reconnecting',
  failed: 'Not connected',
} as const;

type ConnectionStateProps = {
  connection: Connection | null;
  offline: boolean;
};

/** Whether what is on the screen is up to date, in a word. */
class ConnectionState extends element<ConnectionStateProps>({ connection: null, offline: false }, 'offline') {
  static override styles = [
    shared,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .dot {
        width: 0.5rem;
        height: 0.5rem;
        border-radius: 50%;
        background: var(--line-strong);
      }
      .live {
        background: var(--ok);
      }
      .silent,
      .stalled,
      .retrying {
        background: var(--warn);
      }
      .failed {
        background: var(--danger);
      }
    `,
  ];

  private readonly network = (): void => {
    this.offline = !navigator.onLine;
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.offline = !navigator.onLine;
    addEventListener('online', this.network);
    addEventListener('offline', this.network);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('online', this.network);
    removeEventListener('offline', this.network);
  }

  override render() {
    const { connection, offline } = this;
    if (!connection) return nothing;
    // A stack on this computer stays reachable without a network.
    const word = offline && connection.state !== 'live' ? 'Offline' : words[connection.state];
    const still = connection.state === 'silent' || connection.state === 'stalled' ? connection : null;
    const title = still ? `Nothing received since ${new Date(still.since).toLocaleTimeString('en')}` : nothing;
    return html`<span class="dot ${connection.state}"></span>
      <span role="status" title=${title}>${word}${still?.reason ? ` · ${still.reason}` : nothing}</span>`;
  }
}

customElements.define('ev-connection', ConnectionState);
