import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import { askedPart, endingPart } from './page-parts.ts';
import { runPageStyles } from './run-page.styles.ts';
import type { OpenRun } from './state/run.ts';
import './phases.ts';
import './steps.ts';
import './timeline.ts';

type RunPageProps = {
  open: OpenRun | null;
  approvals: Approvals | null;
  temporalUi: string | null;
};

/** The steps of a flow or the calls of a script, or their bars on one axis of time. */
class RunPage extends element<RunPageProps>({ open: null, approvals: null, temporalUi: null }) {
  static override styles = [shared, runPageStyles];

  override render() {
    const { open } = this;
    if (!open?.view) return nothing;
    if (open.tab === 'timeline') {
      return html`<div class="page whole"><ev-run-timeline .open=${open}></ev-run-timeline></div>`;
    }
    const { approvals, temporalUi } = this;
    const list = open.view.script
      ? html`<ev-phases .open=${open} .approvals=${approvals} .temporalUi=${temporalUi}></ev-phases>`
      : html`<ev-steps .open=${open} .approvals=${approvals} .temporalUi=${temporalUi}></ev-steps>`;
    return html`<div class="page wide">${askedPart(open)} ${endingPart(open)} ${keyed(open.runId, list)}</div>`;
  }
}

customElements.define('ev-run-page', RunPage);
