import { css, html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Notice } from './model/shell.ts';

type NoticesProps = {
  notices: readonly Notice[];
};

/** Short words in the upper corner about what just happened: never over the composer, nor over the head of a page. */
class Notices extends element<NoticesProps>({ notices: [] }) {
  static override styles = [
    shared,
    css`
      :host {
        position: fixed;
        top: 4rem;
        right: var(--space-4);
        z-index: 10;
        display: grid;
        gap: var(--space-2);
        width: min(26rem, calc(100vw - 2rem));
        pointer-events: none;
      }
      .notice {
        display: flex;
        align-items: flex-start;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4);
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--surface);
        box-shadow: var(--shadow-l);
        font-size: var(--text-s);
        pointer-events: auto;
      }
      .error {
        border-color: var(--danger-line);
      }
      .notice span {
        flex: 1;
        padding-block: 0.3rem;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override render() {
    return repeat(
      this.notices,
      ({ id }) => id,
      ({ id, tone, text }) => html`<div class="notice ${tone}" role=${tone === 'error' ? 'alert' : 'status'}>
        <span>${text}</span>
        <button class="quiet icon" aria-label="Dismiss" @click=${() => request(this, 'dismiss-notice', { id })}>${icon('cross', 14)}</button>
      </div>`,
    );
  }
}

customElements.define('ev-notices', Notices);
