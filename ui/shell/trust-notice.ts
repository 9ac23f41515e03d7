import { css, html, nothing } from 'lit';
import { countGrants, type TrustState } from '../../contracts/trust.ts';
import { visible } from '../../contracts/visible.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';

type TrustNoticeProps = {
  trust: TrustState | null;
};

/** While the project is not trusted: what waits, and how to see it and say yes. */
class TrustNotice extends element<TrustNoticeProps>({ trust: null }) {
  static override styles = [
    shared,
    css`
      details {
        margin-bottom: var(--space-2);
        padding: var(--space-2) var(--space-3);
        border: 1px solid var(--warn-line);
        border-radius: var(--radius-s);
        background: var(--warn-soft);
        color: var(--warn);
        overflow-wrap: anywhere;
      }
      ul {
        max-height: 12rem;
        margin: var(--space-2) 0;
        padding-left: var(--space-4);
        overflow: auto;
      }
    `,
  ];

  override render() {
    const { trust } = this;
    if (!trust || trust.trusted) return nothing;
    return html`<details>
      <summary role="status">Project not trusted. Waiting: ${countGrants(trust.grants)}</summary>
      <ul>${trust.grants.map(({ file, allows }) => html`<li>${visible(allows)} (${visible(file)})</li>`)}</ul>
      <span>To allow it, run <code>npx everturn trust</code> in the project.</span>
    </details>`;
  }
}

customElements.define('ev-trust-notice', TrustNotice);
