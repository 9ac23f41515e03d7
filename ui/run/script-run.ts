import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import { request } from '../events.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import { resultText } from './model/steps.ts';
import { askedPart, endingPart, filesPart, hasReport, loadEnds, reportPart, timelinePart } from './page-parts.ts';
import { runPageStyles } from './run-page.styles.ts';
import { isActive, type OpenRun } from './state/run.ts';
import '../parts/copy.ts';
import '../parts/long-text.ts';
import '../parts/markdown.ts';
import './narration.ts';
import './phases.ts';

type ScriptRunProps = {
  open: OpenRun | null;
  approvals: Approvals | null;
  temporalUi: string | null;
  timeline: boolean;
};

/** A run of a script: why it ended, its result, its files, its narration beside its phases, and its arguments. */
class ScriptRun extends element<ScriptRunProps>(
  { open: null, approvals: null, temporalUi: null, timeline: false },
  'timeline',
) {
  static override styles = [shared, runPageStyles];

  override updated(): void {
    if (this.open && hasReport(this.open) && !this.open.report) request(this, 'load-report', null);
  }

  override render() {
    const { open } = this;
    if (!open?.view?.script) return nothing;
    return html`<div class="page script">
      ${askedPart(open)} ${endingPart(open)} ${this.result(open)} ${reportPart(open)} ${filesPart(open)}
      ${timelinePart(open, this.timeline, (shown) => {
        this.timeline = shown;
      })}
      <div class="beside">
        <section class="said" aria-label="Narration">
          <h2>Narration</h2>
          ${keyed(open.runId, html`<ev-narration .lines=${open.view.script.lines} ?active=${isActive(open)}></ev-narration>`)}
        </section>
        <section class="phases" aria-label="Phases">
          <h2>Phases</h2>
          ${keyed(
            open.runId,
            html`<ev-phases .open=${open} .approvals=${this.approvals} .temporalUi=${this.temporalUi}></ev-phases>`,
          )}
        </section>
      </div>
      <section aria-label="Arguments"><h2>Arguments</h2>${this.arguments(open)}</section>
    </div>`;
  }

  private arguments({ input }: OpenRun): TemplateResult {
    if (input === undefined) return loadEnds('Show the arguments');
    if (input === null) return html`<p>Started without arguments.</p>`;
    return html`<ev-long-text .text=${resultText(input)} label="Arguments"></ev-long-text>`;
  }

  private result({ view, output }: OpenRun) {
    if (view?.run.status !== 'completed') return nothing;
    const content = (): TemplateResult => {
      if (output === undefined) return loadEnds('Show the result');
      if (output === null) return html`<p>The script returned nothing.</p>`;
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

customElements.define('ev-script-run', ScriptRun);
