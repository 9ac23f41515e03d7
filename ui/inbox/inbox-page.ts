import { css, html } from 'lit';
import type { Session } from '../../contracts/api.ts';
import type { Run } from '../../contracts/runs.ts';
import { element } from '../parts/element.ts';
import { pageStyles } from '../parts/page.styles.ts';
import { pageHead } from '../parts/page-head.ts';
import { shared } from '../parts/shared.styles.ts';
import { type Approvals, howMany } from './state/approvals.ts';
import './inbox.ts';

type InboxPageProps = {
  approvals: Approvals | null;
  sessions: readonly Session[];
  runs: readonly Run[];
};

/** The inbox with an address of its own. */
class InboxPage extends element<InboxPageProps>({ approvals: null, sessions: [], runs: [] }) {
  static override styles = [
    shared,
    pageStyles,
    css`
      ev-inbox {
        width: min(72rem, 100%);
      }
    `,
  ];

  override render() {
    const { approvals, sessions, runs } = this;
    const waiting = approvals ? howMany(approvals) : 0;
    return html`${pageHead('Inbox', html`<span class="muted">${waiting > 0 ? `${waiting} waiting` : ''}</span>`)}
      <div class="body"><ev-inbox .approvals=${approvals} .sessions=${sessions} .runs=${runs}></ev-inbox></div>`;
  }
}

customElements.define('ev-inbox-page', InboxPage);
