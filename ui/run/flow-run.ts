import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { request } from '../events.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import { resultText } from './model/steps.ts';
import { askedPart, endingPart, filesPart, hasReport, loadEnds, reportPart, timelinePart } from './page-parts.ts';
import { runPageStyles } from './run-page.styles.ts';
import type { OpenRun } from './state/run.ts';
import '../parts/long-text.ts';
import './steps.ts';

type FlowRunProps = {
  open: OpenRun | null;
  approvals: Approvals | null;
  temporalUi: string | null;
  timeline: boolean;
};

/** A run of a flow: why it ended, its report and files, its steps, its output, and its input. */
class FlowRun extends element<FlowRunProps>(
  { open: null, approvals: null, temporalUi: null, timeline: false },
  'timeline',
) {
  static override styles = [shared, runPageStyles];

  override updated(): void {
    if (this.open && hasReport(this.open) && !this.open.report) request(this, 'load-report', null);
  }

  override render() {
    const { open } = this;
    if (!open?.view) return nothing;
    return html`<div class="page">
      ${askedPart(open)} ${endingPart(open)} ${reportPart(open)} ${filesPart(open)}
      ${timelinePart(open, this.timeline, (shown) => {
        this.timeline = shown;
      })}
      <section aria-label="Steps">
        <h2>Steps</h2>
        ${keyed(
          open.runId,
          html`<ev-steps .open=${open} .approvals=${this.approvals} .temporalUi=${this.temporalUi}></ev-steps>`,
        )}
      </section>
      ${open.output === undefined || open.output === null ? nothing : html`<section aria-label="Output"><h2>Output</h2><ev-long-text .text=${resultText(open.output)} label="Output"></ev-long-text></section>`}
      <section aria-label="Input">
        <h2>Input</h2>
        ${open.input === undefined ? loadEnds('Show input and output') : html`<ev-long-text .text=${resultText(open.input)} label="Input"></ev-long-text>`}
      </section>
    </div>`;
  }
}

customElements.define('ev-flow-run', FlowRun);
