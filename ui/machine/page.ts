import { css, html, nothing } from 'lit';
import type { LiveMachine } from '../../contracts/workflows.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { count, duration, timeOfDay } from '../parts/model/format.ts';
import { serverNow } from '../parts/model/server-clock.ts';
import { runLink, sessionLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { chartOf, journeyOf } from './model/chart.ts';
import { placeOfWorkflow } from './model/place.ts';
import type { OpenWorkflow } from './state/workflow.ts';
import '../parts/copy.ts';
import '../parts/elapsed.ts';
import '../parts/long-text.ts';
import './facts.ts';
import './statechart.ts';

type MachinePageProps = {
  open: OpenWorkflow | null;
  mayAct: boolean;
  mayTerminate: boolean;
  temporalUi: string | null;
  /** Which of its machines is drawn. */
  shown: number;
};

/** Of a long path, the newest moves. */
const shownMoves = 100;

/** A workflow: the machine that drives it, and Temporal's facts beside it. */
class MachinePage extends element<MachinePageProps>(
  { open: null, mayAct: false, mayTerminate: false, temporalUi: null, shown: 0 },
  'shown',
) {
  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
        min-height: 0;
        container-type: inline-size;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1) var(--space-3);
        min-height: 3.5rem;
        padding: var(--space-2) var(--space-5);
        border-bottom: 1px solid var(--line);
      }
      .names {
        flex: 1 1 10rem;
        min-width: 0;
      }
      h1 {
        margin: 0;
        font-size: var(--text-m);
        font-weight: 620;
        overflow-wrap: anywhere;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-3);
        color: var(--muted);
        font-size: var(--text-xs);
        overflow-wrap: anywhere;
      }
      .tool {
        display: grid;
        place-items: center;
        width: 2rem;
        height: 2rem;
        color: var(--muted);
      }
      .menu {
        display: none;
      }
      .main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        grid-auto-rows: max-content;
        min-height: 0;
        overflow: auto;
      }
      .drawing {
        display: grid;
        grid-template-rows: auto 26rem;
        min-width: 0;
        min-height: 0;
      }
      .switch {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-5);
        border-bottom: 1px solid var(--line);
        color: var(--muted);
        font-size: var(--text-s);
      }
      .switch .warn {
        color: var(--warn);
      }
      .switch button[aria-pressed='true'] {
        border-color: var(--accent);
        color: var(--accent);
      }
      aside {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: var(--space-5);
        padding: var(--space-4);
        border-top: 1px solid var(--line);
        scrollbar-width: thin;
      }
      h2 {
        margin: 0 0 var(--space-2);
        font-size: var(--text-m);
        font-weight: 620;
      }
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: var(--text-s);
      }
      li {
        display: grid;
        grid-template-columns: 4.5rem minmax(0, 1fr) auto;
        gap: 0 var(--space-3);
        align-items: baseline;
        padding: 0.2rem 0;
        border-top: 1px solid var(--line);
      }
      li time,
      li .event {
        color: var(--muted);
        font-size: var(--text-xs);
      }
      li .event {
        display: block;
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      .now {
        color: var(--state-running);
        font-weight: 600;
      }
      .note,
      .center p {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-s);
      }
      .failed {
        color: var(--danger);
      }
      .center {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: var(--space-3);
        padding: var(--space-5);
        text-align: center;
      }
      @container (min-width: 60rem) {
        .main {
          grid-template: minmax(0, 1fr) / minmax(0, 1fr) clamp(22rem, 30%, 36rem);
          overflow: hidden;
        }
        .drawing {
          grid-template-rows: auto minmax(0, 1fr);
        }
        aside {
          border-top: 0;
          border-left: 1px solid var(--line);
          overflow: auto;
        }
      }
      @media (max-width: 56rem) {
        .menu {
          display: inline-flex;
        }
      }
    `,
  ];

  override render() {
    const { open } = this;
    if (!open) return nothing;
    return html`${this.head(open)} ${this.content(open)}`;
  }

  private head({ workflowId, facts }: OpenWorkflow) {
    const { words, session, run } = placeOfWorkflow(workflowId);
    return html`<header>
      <button class="quiet icon menu" aria-label="Runs and sessions" @click=${() => request(this, 'show-rail', { open: true })}>${icon('menu')}</button>
      <div class="names">
        <h1>${words}</h1>
        <div class="facts numbers">
          ${facts ? html`<span role="status">${facts.status.replaceAll('_', ' ')}</span>` : nothing}
          ${facts ? html`<span><ev-elapsed .from=${facts.startedAt} .to=${facts.closedAt}></ev-elapsed></span>` : nothing}
          ${session ? html`<span>${sessionLink(session.id, 'Session')}</span>` : nothing}
          ${run ? html`<span>${runLink(run.id, run.target ? 'Step in its run' : 'Run', run.target)}</span>` : nothing}
          <code>${workflowId}</code>
        </div>
      </div>
      <ev-copy .text=${workflowId} label="Copy the workflow id"></ev-copy>
      ${this.temporalUi ? html`<a class="tool" target="_blank" rel="noopener noreferrer" title="Open in Temporal UI" aria-label="The workflow in Temporal UI" href="${this.temporalUi}/namespaces/default/workflows/${encodeURIComponent(workflowId)}">${icon('external', 14)}</a>` : nothing}
    </header>`;
  }

  private content(open: OpenWorkflow) {
    const { facts, machines, error } = open;
    if (!facts) {
      return html`<div class="center">${
        error
          ? html`<p class="failed" role="alert">${error.message}</p><p>Trying again…</p>`
          : html`<p role="status">Loading the workflow…</p>`
      }</div>`;
    }
    const machine = machines?.machines[this.shown] ?? machines?.machines[0] ?? null;
    return html`<div class="main">
      <div class="drawing">
        <div class="switch">
          ${(machines?.machines ?? []).map(({ definition: { name } }, at, { length }) => (length > 1 ? html`<button aria-pressed=${(machine?.definition.name ?? '') === name} @click=${() => this.show(at)}>${name}</button>` : html`<span>Machine <strong>${name}</strong></span>`))}
          ${machines?.unknownBecause ? html`<span class="warn">State unknown: ${machines.unknownBecause}.</span>` : nothing}
          ${error ? html`<span class="warn">Not up to date: ${error.message}</span>` : nothing}
        </div>
        ${
          machine
            ? html`<ev-statechart .machine=${machine} .now=${serverNow()}></ev-statechart>`
            : html`<div class="center"><p>${machines ? 'This workflow does one thing and ends: it has no states.' : 'Loading its state…'}</p></div>`
        }
      </div>
      <aside aria-label="Facts of the workflow" tabindex="0">
        <ev-workflow-facts .open=${open} ?mayAct=${this.mayAct} ?mayTerminate=${this.mayTerminate}></ev-workflow-facts>
        ${machine?.live ? this.path(machine) : nothing}
      </aside>
    </div>`;
  }

  private path({ definition, live }: LiveMachine) {
    if (!live) return nothing;
    const { steps } = journeyOf(chartOf(definition), live.path, serverNow(), live.isDone);
    const last = steps.at(-1);
    const shown = steps.slice(-shownMoves).toReversed();
    return html`<section aria-label="Path">
        <h2>Path</h2>
        <ol>
          ${shown.map(
            (step) => html`<li>
              <time datetime=${step.at} class="numbers" title=${step.at}>${timeOfDay(step.at)}</time>
              <span class=${step === last && !live.isDone ? 'now' : ''}>${step.states.join(', ')}<span class="event">${step.event}</span></span>
              <span class="numbers">${step.ms !== null ? duration(step.ms) : live.isDone ? '' : html`<ev-elapsed .from=${step.at}></ev-elapsed>`}</span>
            </li>`,
          )}
        </ol>
        ${live.left > 0 ? html`<p class="note">${count(live.left)} moves in the middle were not kept.</p>` : nothing}
        ${steps.length > shownMoves ? html`<p class="note">The newest ${shownMoves} of ${count(steps.length)} are shown.</p>` : nothing}
      </section>
      <section aria-label="Context"><ev-long-text .text=${JSON.stringify(live.context, null, 2)} label="Context"></ev-long-text></section>`;
  }

  private show(at: number): void {
    this.shown = at;
  }
}

customElements.define('ev-machine-page', MachinePage);
