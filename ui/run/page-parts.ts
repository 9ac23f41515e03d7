import { html, nothing } from 'lit';
import { type Requests, request } from '../events.ts';
import { icon } from '../parts/icons.ts';
import { bytes, plural } from '../parts/model/format.ts';
import { runLink } from '../parts/place-link.ts';
import { callName } from './model/phases.ts';
import type { OpenRun } from './state/run.ts';
import '../parts/markdown.ts';

export const reportName = 'report.md';

const ask =
  <Name extends 'load-report' | 'load-ends' | 'download'>(name: Name, detail: Requests[Name]) =>
  ({ currentTarget }: Event): void => {
    if (currentTarget) request(currentTarget, name, detail);
  };

const nameOf = ({ view }: OpenRun, step: string): string => {
  const call = view?.script ? view.nodes[step] : undefined;
  return call ? callName(call) : step;
};

/** Questions are at their steps, which may be far below. */
export const askedPart = (open: OpenRun) => {
  const questions = open.view?.questions ?? [];
  if (questions.length === 0) return nothing;
  return html`<section class="ending asked" role="status">
    ${icon('warning')}
    <div>
      <strong>The run is waiting for you.</strong> ${plural(questions.length, 'question')} at
      ${questions.map(({ step }, at) => html`${at > 0 ? ', ' : ''}${runLink(open.runId, nameOf(open, step), { step, index: null }, 'Go to the question')}`)}
    </div>
  </section>`;
};

export const endingPart = ({ view }: OpenRun) => {
  if (!view || (view.run.status !== 'failed' && view.run.status !== 'cancelled')) return nothing;
  const { status, reason, code } = view.run;
  return html`<section class="ending ${status}" role="alert">
    ${icon(status === 'failed' ? 'warning' : 'stop')}
    <div><strong>The run ${status === 'failed' ? 'failed' : 'was cancelled'}.</strong> ${reason ?? ''}${code ? html` <code>${code}</code>` : nothing}</div>
  </section>`;
};

export const hasReport = ({ view }: OpenRun): boolean =>
  view?.artifacts.some(({ name }) => name === reportName) ?? false;

export const reportPart = (open: OpenRun) => {
  if (!hasReport(open)) return nothing;
  const { report } = open;
  return html`<section aria-label="Report">
    <h2>Report<button @click=${ask('download', { name: reportName })}>${icon('down', 14)}Download</button></h2>
    ${
      report?.status === 'ready'
        ? html`<div class="report"><ev-markdown .text=${report.text}></ev-markdown></div>`
        : report?.status === 'failed'
          ? html`<p class="failed" role="alert">${report.error.message} <button class="link" @click=${ask('load-report', null)}>Try again</button></p>`
          : html`<p role="status">Loading the report…</p>`
    }
  </section>`;
};

export const filesPart = ({ view }: OpenRun) => {
  const files = (view?.artifacts ?? []).filter(({ name }) => name !== reportName);
  if (files.length === 0) return nothing;
  return html`<section aria-label="Files">
    <h2>Files</h2>
    <ul class="files">
      ${files.map(({ name, size }) => html`<li><button @click=${ask('download', { name })}>${icon('down', 14)}${name} <span>${bytes(size)}</span></button></li>`)}
    </ul>
  </section>`;
};

export const loadEnds = (words: string) => html`<button @click=${ask('load-ends', null)}>${words}</button>`;
