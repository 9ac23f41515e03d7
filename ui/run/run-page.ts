import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { ScriptLine } from '../../contracts/script.ts';
import { request } from '../events.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { icon } from '../parts/icons.ts';
import { bytes, plural } from '../parts/model/format.ts';
import { runLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { callName } from './model/phases.ts';
import { resultText } from './model/steps.ts';
import { isActive, type OpenRun } from './state/run.ts';
import '../parts/copy.ts';
import '../parts/long-text.ts';
import '../parts/markdown.ts';
import './narration.ts';
import './phases.ts';
import './steps.ts';

const reportName = 'report.md';

/** A run: why it ended, its report and files, its steps or phases, and with what it was started. */
class RunPageView extends LitElement {
  static override properties = {
    open: { attribute: false },
    approvals: { attribute: false },
    temporalUi: { attribute: false },
  };
  declare open: OpenRun | null;
  declare approvals: Approvals | null;
  declare temporalUi: string | null;

  constructor() {
    super();
    this.open = null;
    this.approvals = null;
    this.temporalUi = null;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-height: 0;
        overflow: auto;
        overscroll-behavior: contain;
        scrollbar-width: thin;
        container-type: inline-size;
      }
      .page {
        width: min(66rem, 100%);
        margin: 0 auto;
        padding: var(--space-5) var(--space-5) var(--space-7);
      }
      section {
        margin-bottom: var(--space-5);
      }
      h2 {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        margin: 0 0 var(--space-2);
        font-size: var(--text-m);
        font-weight: 620;
      }
      h2 .link,
      h2 ev-copy,
      h2 button {
        margin-left: auto;
        font-weight: 400;
      }
      .ending {
        display: flex;
        gap: var(--space-3);
        padding: var(--space-3) var(--space-4);
        border: 1px solid var(--danger-line);
        border-radius: var(--radius-m);
        background: var(--danger-soft);
        font-size: var(--text-s);
      }
      .ending > svg {
        margin-top: 0.15rem;
        color: var(--danger);
      }
      .ending.asked {
        border-color: var(--warn-line);
        background: var(--warn-soft);
      }
      .ending.asked div {
        white-space: normal;
      }
      .ending.asked > svg {
        color: var(--warn);
      }
      .ending.cancelled {
        border-color: var(--line);
        background: var(--sunken);
      }
      .ending.cancelled > svg {
        color: var(--muted);
      }
      .ending div {
        min-width: 0;
        max-height: 16rem;
        overflow: auto;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .report {
        padding: var(--space-5);
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--surface);
      }
      .files {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .files span {
        color: var(--muted);
        font-weight: 400;
      }
      p {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-s);
      }
      .failed {
        color: var(--danger);
      }
      @container (min-width: 70rem) {
        .page.script {
          width: min(90rem, 100%);
        }
        .beside {
          display: grid;
          grid-template-columns: minmax(0, 1fr) 21rem;
          align-items: start;
          gap: var(--space-5);
        }
        .beside .said {
          --narration-height: calc(100dvh - 9rem);
          position: sticky;
          top: var(--space-4);
          grid-column: 2;
          grid-row: 1;
        }
        .beside .phases {
          grid-column: 1;
          grid-row: 1;
        }
      }
      @media (max-width: 56rem) {
        .page {
          padding-inline: var(--space-3);
        }
        .report {
          padding: var(--space-4);
        }
      }
    `,
  ];

  override updated(): void {
    const { open } = this;
    const hasReport = open?.view?.artifacts.some(({ name }) => name === reportName);
    if (hasReport && !open?.report) request(this, 'load-report', null);
  }

  override render() {
    const { open } = this;
    if (!open?.view) return nothing;
    if (open.view.script) return this.script(open, open.view.script.lines);
    return html`<div class="page">
      ${this.asked(open)} ${this.ending(open.view.run)} ${this.report(open)} ${this.files(open)}
      <section aria-label="Steps">
        <h2>Steps</h2>
        ${keyed(
          open.runId,
          html`<ev-steps .open=${open} .approvals=${this.approvals} .temporalUi=${this.temporalUi}></ev-steps>`,
        )}
      </section>
      ${open.output === undefined || open.output === null ? nothing : html`<section aria-label="Output"><h2>Output</h2><ev-long-text .text=${resultText(open.output)} label="What the run gave"></ev-long-text></section>`}
      <section aria-label="Input">
        <h2>Input</h2>
        ${
          open.input === undefined
            ? html`<button @click=${() => request(this, 'load-ends', null)}>Show input and output</button>`
            : html`<ev-long-text .text=${resultText(open.input)} label="What it was started with"></ev-long-text>`
        }
      </section>
    </div>`;
  }

  private script(open: OpenRun, lines: readonly ScriptLine[]) {
    return html`<div class="page script">
      ${this.asked(open)} ${open.view ? this.ending(open.view.run) : nothing} ${this.result(open)} ${this.report(open)} ${this.files(open)}
      <div class="beside">
        <section class="said" aria-label="Narration">
          <h2>Narration</h2>
          ${keyed(open.runId, html`<ev-narration .lines=${lines} ?active=${isActive(open)}></ev-narration>`)}
        </section>
        <section class="phases" aria-label="Phases">
          <h2>Phases</h2>
          ${keyed(
            open.runId,
            html`<ev-phases .open=${open} .approvals=${this.approvals} .temporalUi=${this.temporalUi}></ev-phases>`,
          )}
        </section>
      </div>
      <section aria-label="Arguments">
        <h2>Arguments</h2>
        ${
          open.input === undefined
            ? html`<button @click=${() => request(this, 'load-ends', null)}>Show the arguments</button>`
            : open.input === null
              ? html`<p>It was started without arguments.</p>`
              : html`<ev-long-text .text=${resultText(open.input)} label="What it was started with"></ev-long-text>`
        }
      </section>
    </div>`;
  }

  private result({ view, output }: OpenRun) {
    if (view?.run.status !== 'completed') return nothing;
    const content = (): TemplateResult => {
      if (output === undefined) {
        return html`<button @click=${() => request(this, 'load-ends', null)}>Show the result</button>`;
      }
      if (output === null) return html`<p>The script returned nothing.</p>`;
      if (typeof output === 'string')
        return html`<div class="report"><ev-markdown .text=${output}></ev-markdown></div>`;
      return html`<ev-long-text .text=${resultText(output)} label="What the script returned"></ev-long-text>`;
    };
    return html`<section aria-label="Result">
      <h2>Result${typeof output === 'string' ? html`<ev-copy .text=${output} label="Copy the result"></ev-copy>` : nothing}</h2>
      ${content()}
    </section>`;
  }

  /** Questions stand at their steps, which may be far below. */
  private asked({ runId, view }: OpenRun) {
    const { questions = [] } = view ?? {};
    if (questions.length === 0) return nothing;
    return html`<section class="ending asked" role="status">
      ${icon('warning')}
      <div>
        <strong>The run waits for you.</strong> ${plural(questions.length, 'question')} at
        ${questions.map(({ step }, at) => html`${at > 0 ? ', ' : ''}${runLink(runId, this.nameOf(step), { step, index: null }, 'To the question')}`)}
      </div>
    </section>`;
  }

  private nameOf(step: string): string {
    const call = this.open?.view?.script ? this.open.view.nodes[step] : undefined;
    return call ? callName(call) : step;
  }

  private ending({ status, reason, code }: NonNullable<OpenRun['view']>['run']) {
    if (status !== 'failed' && status !== 'cancelled') return nothing;
    return html`<section class="ending ${status}" role="alert">
      ${icon(status === 'failed' ? 'warning' : 'stop')}
      <div><strong>The run ${status === 'failed' ? 'failed' : 'was cancelled'}.</strong> ${reason ?? ''}${code ? html` <code>${code}</code>` : nothing}</div>
    </section>`;
  }

  private report({ view, report }: OpenRun) {
    if (!view?.artifacts.some(({ name }) => name === reportName)) return nothing;
    return html`<section aria-label="Report">
      <h2>Report<button @click=${() => request(this, 'download', { name: reportName })}>${icon('down', 14)}Download</button></h2>
      ${
        report?.status === 'ready'
          ? html`<div class="report"><ev-markdown .text=${report.text}></ev-markdown></div>`
          : report?.status === 'failed'
            ? html`<p class="failed" role="alert">${report.error.message} <button class="link" @click=${() => request(this, 'load-report', null)}>Try again</button></p>`
            : html`<p role="status">Loading the report…</p>`
      }
    </section>`;
  }

  private files({ view }: OpenRun) {
    const files = (view?.artifacts ?? []).filter(({ name }) => name !== reportName);
    if (files.length === 0) return nothing;
    return html`<section aria-label="Files">
      <h2>Files</h2>
      <ul class="files">
        ${files.map(({ name, size }) => html`<li><button @click=${() => request(this, 'download', { name })}>${icon('down', 14)}${name} <span>${bytes(size)}</span></button></li>`)}
      </ul>
    </section>`;
  }
}

customElements.define('ev-run', RunPageView);
