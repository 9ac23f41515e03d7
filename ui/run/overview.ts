import { html, nothing } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { RunView } from '../../contracts/runs.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { factsStyles } from '../parts/facts.styles.ts';
import { icon } from '../parts/icons.ts';
import { count, dollars, moment, tokens } from '../parts/model/format.ts';
import { headOf } from '../parts/model/lines.ts';
import { runLink, runTabLink, sessionLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { callWords, stateMark, stateMarkStyles, stateWords } from '../parts/state-mark.ts';
import { lane, laneStyles } from './lane.ts';
import { type Attention, attentionOf, countsOf } from './model/attention.ts';
import { callName, phasesOf } from './model/phases.ts';
import { resultText, totalOf } from './model/steps.ts';
import { overviewStyles } from './overview.styles.ts';
import { endingPart, filesPart, loadEnds } from './page-parts.ts';
import { runPageStyles } from './run-page.styles.ts';
import { isActive, type OpenRun } from './state/run.ts';
import '../inbox/question.ts';
import '../parts/elapsed.ts';
import '../parts/long-text.ts';
import './narration.ts';

type OverviewProps = { open: OpenRun | null; approvals: Approvals | null };

const fewRows = 12;

/** A run at one look: what it asks, why it ended, how far it is, what needs attention, and what it was given. */
class RunOverview extends element<OverviewProps>({ open: null, approvals: null }) {
  static override styles = [shared, stateMarkStyles, laneStyles, factsStyles, runPageStyles, overviewStyles];

  override render() {
    const { open } = this;
    if (!open?.view) return nothing;
    const { view } = open;
    return html`<div class="page overview">
      <div class="main">
        ${this.questions(view)} ${endingPart(open)} ${this.warnings(view)} ${this.done(open)} ${this.progress(view)}
        ${this.attention(view)} ${view.script ? this.phases(view) : nothing} ${filesPart(open)}
      </div>
      <div class="aside">
        ${
          view.script
            ? html`<section class="said" aria-label="Narration">
                <h2>Narration</h2>
                ${keyed(open.runId, html`<ev-narration .lines=${view.script.lines} ?active=${isActive(open)}></ev-narration>`)}
              </section>`
            : nothing
        }
        <section aria-label="Facts"><h2>Facts</h2>${this.facts(view)}</section>
        <section aria-label=${view.script ? 'Arguments' : 'Input'}>
          <h2>${view.script ? 'Arguments' : 'Input'}</h2>
          ${this.input(open)}
        </section>
      </div>
    </div>`;
  }

  private questions({ questions, script, nodes }: RunView) {
    const { approvals } = this;
    return questions.map((question) => {
      const node = script ? nodes[question.step] : undefined;
      return html`<ev-question
        class="asked"
        .question=${question}
        .name=${node ? callName(node) : ''}
        .locked=${approvals?.locked ?? null}
        .answering=${approvals?.answering[question.id] ?? null}
        .failure=${approvals?.failures[question.id] ?? null}
        .faults=${approvals?.faults[question.id] ?? []}
      ></ev-question>`;
    });
  }

  private warnings({ run }: RunView) {
    if (run.warnings.length === 0) return nothing;
    return html`<section class="warnings" aria-label="Warnings">
      ${run.warnings.map((warning) => html`<p>${icon('warning', 14)}<span>${warning}</span></p>`)}
    </section>`;
  }

  /** Where the result is: it is shown there alone. */
  private done({ runId, view }: OpenRun) {
    if (view?.run.status !== 'completed') return nothing;
    return html`<p class="done">${icon('check', 14)}<span>Completed ${view.run.endedAt ? moment(view.run.endedAt) : ''}.</span>${runTabLink(runId, 'result', 'Show the result')}</p>`;
  }

  private progress(view: RunView) {
    const counts = countsOf(view);
    if (totalOf(counts) === 0) return html`<p>Nothing has started yet.</p>`;
    return html`<section aria-label="Progress">
      <h2>Progress</h2>
      ${lane(counts, 'Progress of the run', view.script ? callWords : stateWords)}
    </section>`;
  }

  private attention(view: RunView) {
    const isAsked = new Set(view.questions.map(({ step }) => step));
    const rows = attentionOf(view).filter(({ step }) => !isAsked.has(step));
    if (rows.length === 0) return nothing;
    const { id } = view.run;
    return html`<section aria-label="Needs attention">
      <h2>${rows.some(({ node }) => node.status !== 'running') ? 'Needs attention' : 'Running now'}</h2>
      <ul class="rows">${rows.slice(0, fewRows).map((row) => this.row(id, row, view))}</ul>
      ${rows.length > fewRows ? html`<p>${count(rows.length - fewRows)} more. ${runTabLink(id, 'steps', 'Show all')}</p>` : nothing}
    </section>`;
  }

  private row(runId: string, { step, name, node }: Attention, { script }: RunView) {
    const why = node.reason ? headOf(node.reason, 2, 240).head : '';
    return html`<li>
      <span class="state">${stateMark(node.status, script ? callWords : stateWords)}</span>
      <span class="what">
        ${runLink(runId, name, { step, index: null })}
        ${node.attempt > 1 ? html`<span class="tag">attempt ${node.attempt}</span>` : nothing}
        ${why ? html`<span class="why">${why}</span>` : nothing}
      </span>
      <span class="side numbers">
        ${node.sessionId ? sessionLink(node.sessionId, 'Session') : nothing}
        ${node.startedAt ? html`<ev-elapsed .from=${node.startedAt} .to=${node.endedAt}></ev-elapsed>` : nothing}
      </span>
    </li>`;
  }

  private phases(view: RunView) {
    const phases = phasesOf(view);
    return html`<section aria-label="Phases">
      <h2>Phases</h2>
      <ul class="phases">
        ${phases.map(
          ({ title, calls, counts, tokens: used, dollars: cost, startedAt, endedAt }) => html`<li>
            <span class="title">${title ?? 'No phase'}</span>
            <span class="side numbers">
              ${used > 0 ? html`<span>${tokens(used)} tokens</span>` : nothing}
              ${cost > 0 ? html`<span>${dollars(cost)}</span>` : nothing}
              ${startedAt ? html`<ev-elapsed .from=${startedAt} .to=${endedAt}></ev-elapsed>` : nothing}
            </span>
            ${calls.length > 0 ? lane(counts, `Calls of ${title ?? 'no phase'}`, callWords) : html`<p>Not started.</p>`}
          </li>`,
        )}
      </ul>
    </section>`;
  }

  private facts({ run, usage }: RunView) {
    const fact = (name: string, value: unknown) =>
      value === '' || value === null ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`;
    return html`<dl>
      ${fact('Started', moment(run.createdAt))}
      ${fact('Ended', run.endedAt && moment(run.endedAt))}
      ${
        usage.requests === 0
          ? nothing
          : html`${fact('Requests', count(usage.requests))}
              ${fact('Tokens in', `${count(usage.input)}${usage.cacheRead > 0 ? `, ${count(usage.cacheRead)} of them cached` : ''}`)}
              ${fact('Tokens out', count(usage.output))}
              ${fact('Cost', usage.cost === null ? 'No price is known' : dollars(usage.cost))}`
      }
      ${fact('Definition', html`<code>${run.file}</code>`)}
      ${fact('Workspace', html`<code>${run.workspace}</code>`)}
      ${fact('Allowed', run.allow.length === 0 ? 'Reading; it asks before it writes or runs anything' : `Reading, ${run.allow.map((one) => ({ write: 'writing', run: 'commands', read: 'reading' })[one]).join(', ')}`)}
    </dl>`;
  }

  private input({ input, view }: OpenRun) {
    if (input === undefined) return loadEnds(view?.script ? 'Show the arguments' : 'Show the input');
    if (input === null) return html`<p>Started without arguments.</p>`;
    return html`<ev-long-text .text=${resultText(input)} label=${typeof input === 'string' ? 'Text' : 'JSON'}></ev-long-text>`;
  }
}

customElements.define('ev-run-overview', RunOverview);
