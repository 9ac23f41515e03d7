import { html, nothing, type TemplateResult } from 'lit';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import { resultText } from './model/steps.ts';
import { endingPart, filesPart, hasReport, loadEnds, reportPart } from './page-parts.ts';
import { runPageStyles } from './run-page.styles.ts';
import type { OpenRun } from './state/run.ts';
import '../parts/copy.ts';
import '../parts/long-text.ts';
import '../parts/markdown.ts';

type OutcomeProps = { open: OpenRun | null };

/** What a run gave: its report, its result and its files. */
class RunOutcome extends element<OutcomeProps>({ open: null }) {
  static override styles = [shared, runPageStyles];

  override updated(): void {
    if (this.open && hasReport(this.open) && !this.open.report) request(this, 'load-report', null);
  }

  override render() {
    const { open } = this;
    if (!open?.view) return nothing;
    const { status } = open.view.run;
    return html`<div class="page">
      ${endingPart(open)} ${reportPart(open)} ${this.result(open)} ${filesPart(open)}
      ${status === 'running' && !hasReport(open) ? html`<p>The run has not ended yet: its result will be here.</p>` : nothing}
    </div>`;
  }

  private result(open: OpenRun) {
    const { view, output } = open;
    if (view?.run.status !== 'completed') return nothing;
    const content = (): TemplateResult => {
      if (output === undefined) return loadEnds('Show the result');
      if (output === null)
        return html`<p>${view.script ? 'The script returned nothing.' : hasReport(open) ? 'The flow declares no output beside its report.' : 'The flow declares no output.'}</p>`;
      if (typeof output === 'string')
        return html`<div class="report"><ev-markdown .text=${output}></ev-markdown></div>`;
      return html`<ev-long-text .text=${resultText(output)} label="Result"></ev-long-text>`;
    };
    return html`<section aria-label="Result">
      <h2>Result${typeof output === 'string' ? html`<ev-copy .text=${output} label="Copy the result"></ev-copy>` : nothing}</h2>
      ${content()}
    </section>`;
  }
}

customElements.define('ev-run-outcome', RunOutcome);
