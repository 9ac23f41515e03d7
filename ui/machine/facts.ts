import { html, nothing } from 'lit';
import type { WorkflowFacts as Facts, PendingActivity } from '../../contracts/workflows.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { factsStyles } from '../parts/facts.styles.ts';
import { icon } from '../parts/icons.ts';
import { bytes, count, duration, moment } from '../parts/model/format.ts';
import { serverNow } from '../parts/model/server-clock.ts';
import { workflowLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { workflowFactsStyles } from './facts.styles.ts';
import { placeOfWorkflow } from './model/place.ts';
import type { OpenWorkflow } from './state/workflow.ts';
import '../parts/elapsed.ts';
import '../parts/time.ts';

type FactsProps = {
  open: OpenWorkflow | null;
  /** What the user may do. */
  mayAct: boolean;
  mayTerminate: boolean;
  /** Which question is open. */
  asking: 'cancel' | 'terminate' | null;
  reason: string;
};

/** From here on Temporal warns; at 51,200 events or 50 MB it ends the workflow. */
const manyEvents = 10_240;
const manyBytes = 10 * 1024 * 1024;

const states: Record<PendingActivity['state'], string> = {
  queued: 'waits for a worker',
  backing_off: 'waits to be retried',
  running: 'running',
  cancelling: 'cancelling',
  paused: 'paused',
};

/** What Temporal knows of a workflow, and what an operator can do about it. */
class WorkflowFactsView extends element<FactsProps>(
  { open: null, mayAct: false, mayTerminate: false, asking: null, reason: '' },
  'asking',
  'reason',
) {
  static override styles = [shared, factsStyles, workflowFactsStyles];

  override render() {
    const facts = this.open?.facts;
    if (!facts) return nothing;
    return html`${facts.status === 'running' ? this.actions() : nothing}
      ${this.open?.askError ? html`<p class="failed" role="alert">${this.open.askError.message}</p>` : nothing}
      <section aria-label="Temporal"><h2>Temporal</h2>${this.summary(facts)}</section>
      ${facts.activities.length > 0 ? this.activities(facts.activities) : nothing}
      ${facts.children.length > 0 ? this.started(facts.children) : nothing}
      <section aria-label="Task queue"><h2>Task queue</h2>${this.queue(facts.queue)}</section>`;
  }

  private actions() {
    const { open, asking, mayAct, mayTerminate } = this;
    const busy = open?.asked !== null;
    const isCancelling = open?.facts?.isCancelling ?? false;
    if (asking === 'cancel') {
      return html`<form class="ask" @submit=${this.cancel}>
        <p>Asks the workflow to end: it stops running work, keeps finished work, and records that it was cancelled.</p>
        <div class="actions"><button class="danger" ?disabled=${busy}>Cancel workflow</button><button type="button" @click=${this.dismiss}>Keep running</button></div>
      </form>`;
    }
    if (asking === 'terminate') {
      return html`<form class="ask" @submit=${this.terminate}>
        <p>Ends the workflow at once, without cleaning up. Use it when cancelling does not help.</p>
        <label><span>Reason, kept in the history</span><input type="text" name="reason" required maxlength="400" autocomplete="off" .value=${this.reason} @input=${this.typed} /></label>
        <div class="actions"><button class="danger" ?disabled=${busy || this.reason.trim() === ''}>Terminate</button><button type="button" @click=${this.dismiss}>Keep running</button></div>
      </form>`;
    }
    return html`<div class="actions">
      <button ?disabled=${!mayAct || busy || isCancelling} title=${mayAct ? '' : 'Your role may only look'} @click=${() => this.ask('cancel')}>${icon('stop', 14)}${isCancelling ? 'Cancelling…' : 'Cancel…'}</button>
      <button class="danger" ?disabled=${!mayTerminate || busy} title=${mayTerminate ? '' : 'Only an admin may terminate a workflow'} @click=${() => this.ask('terminate')}>Terminate…</button>
    </div>`;
  }

  private summary({ type, status, startedAt, closedAt, history, parent, task, runId }: Facts) {
    const fact = (name: string, value: unknown) =>
      value === null || value === undefined || value === '' ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`;
    const isLong = history.events > manyEvents || (history.bytes ?? 0) > manyBytes;
    return html`<dl>
      ${fact('Status', status.replaceAll('_', ' '))}
      ${fact('Type', html`<code>${type}</code>`)}
      ${fact('Started', moment(startedAt))}
      ${fact('Ended', closedAt && moment(closedAt))}
      ${fact('Duration', html`<ev-elapsed .from=${startedAt} .to=${closedAt}></ev-elapsed>`)}
      ${fact('History', html`<span class=${isLong ? 'warn' : ''}>${count(history.events)} events${history.bytes === null ? '' : `, ${bytes(history.bytes)}`}</span>`)}
      ${fact('Its task', task && html`<span class=${task.attempt > 1 ? 'failed' : ''}>${task.isRunning ? 'runs' : 'waits for a worker'}${task.attempt > 1 ? `, attempt ${count(task.attempt)}: it keeps failing` : ''}</span>`)}
      ${fact('Parent', parent && workflowLink(parent, placeOfWorkflow(parent).words))}
      ${fact('Run id', html`<code>${runId}</code>`)}
    </dl>`;
  }

  private activities(activities: readonly PendingActivity[]) {
    return html`<section aria-label="Pending activities">
      <h2>Pending activities</h2>
      <ul>${activities.map((activity) => this.activity(activity))}</ul>
    </section>`;
  }

  private activity({
    id,
    type,
    state,
    attempt,
    maxAttempts,
    scheduledAt,
    startedAt,
    heartbeatAt,
    nextAttemptAt,
    worker,
    failure,
  }: PendingActivity) {
    const wait = nextAttemptAt === null ? null : Date.parse(nextAttemptAt) - serverNow();
    return html`<li class="activity">
      <div class="line">
        <strong>${type}</strong>
        <span class=${state === 'backing_off' ? 'warn' : ''}>${states[state]}</span>
        <span class="numbers ${attempt > 1 ? 'warn' : ''}">attempt ${count(attempt)}${maxAttempts === null ? '' : ` of ${count(maxAttempts)}`}</span>
        ${state === 'running' && startedAt ? html`<span class="numbers"><ev-elapsed .from=${startedAt}></ev-elapsed></span>` : nothing}
        ${state === 'queued' && scheduledAt ? html`<span class="numbers"><ev-elapsed .from=${scheduledAt}></ev-elapsed></span>` : nothing}
        ${wait === null ? nothing : html`<span class="numbers">${wait > 0 ? `next in ${duration(wait)}` : 'next now'}</span>`}
        ${state === 'backing_off' ? html`<button ?disabled=${!this.mayAct || this.open?.asked !== null} @click=${() => request(this, 'ask-workflow', { verb: 'retry', activity: id })}>${icon('retry', 12)}Retry now</button>` : nothing}
      </div>
      ${failure ? html`<p class="failed">Last failure: ${failure}</p>` : nothing}
      <p>Activity ${id}${worker ? html`, worker <code>${worker}</code>` : nothing}${heartbeatAt && state === 'running' ? html`, heartbeat <ev-time .at=${heartbeatAt}></ev-time>` : nothing}</p>
    </li>`;
  }

  private started(children: Facts['children']) {
    return html`<section aria-label="Child workflows">
      <h2>Child workflows</h2>
      <ul class="plain">${children.map(({ workflowId, type }) => html`<li>${workflowLink(workflowId, placeOfWorkflow(workflowId).words)} <code>${type}</code></li>`)}</ul>
    </section>`;
  }

  private queue({ name, backlog, pollers }: Facts['queue']) {
    return html`<dl>
        <dt>Name</dt><dd><code>${name}</code></dd>
        ${backlog === null ? nothing : html`<dt>Backlog</dt><dd>${count(backlog)} ${backlog === 1 ? 'task' : 'tasks'}</dd>`}
      </dl>
      ${
        pollers.length === 0
          ? html`<p class="failed">No worker polls this queue: nothing continues until one is started.</p>`
          : html`<ul class="plain">${pollers.map(({ worker, takes, seenAt }) => html`<li><code>${worker}</code> ${takes.join(' and ')}${seenAt ? html`, last poll: <ev-time .at=${seenAt}></ev-time>` : nothing}</li>`)}</ul>`
      }`;
  }

  private ask(asking: 'cancel' | 'terminate'): void {
    this.asking = asking;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.ask input, .ask button')?.focus());
  }

  private dismiss(): void {
    this.asking = null;
  }

  private typed(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.reason = event.target.value;
  }

  private cancel(event: Event): void {
    event.preventDefault();
    this.asking = null;
    request(this, 'ask-workflow', { verb: 'cancel' });
  }

  private terminate(event: Event): void {
    event.preventDefault();
    const reason = this.reason.trim();
    if (reason === '') return;
    this.asking = null;
    this.reason = '';
    request(this, 'ask-workflow', { verb: 'terminate', reason });
  }
}

customElements.define('ev-workflow-facts', WorkflowFactsView);
