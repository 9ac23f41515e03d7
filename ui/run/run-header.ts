import { html, nothing } from 'lit';
import { runWorkflowId } from '../../contracts/ids.ts';
import type { RunView } from '../../contracts/runs.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { count, dollars, folderName, moment, tokens } from '../parts/model/format.ts';
import { runLink, runTabLink, workflowTool } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { runMark, stateMarkStyles } from '../parts/state-mark.ts';
import { budgetMeters, budgetStyles } from './budget.ts';
import { callProgress } from './model/phases.ts';
import { progressOf } from './model/steps.ts';
import { runHeaderStyles } from './run-header.styles.ts';
import type { OpenRun } from './state/run.ts';
import '../shell/connection.ts';
import '../parts/elapsed.ts';
import './survived.ts';

const triggers = {
  manual: 'manual',
  schedule: 'by schedule',
  webhook: 'by webhook',
  flow: 'by another flow',
  agent: 'by an agent',
} as const;

type RunHeaderProps = {
  open: OpenRun | null;
  temporalUi: string | null;
};

/** Which run this is, how it stands and what it used; pauses, cancels and re-runs it. */
class RunHeader extends element<RunHeaderProps>({ open: null, temporalUi: null }) {
  static override styles = [shared, stateMarkStyles, budgetStyles, runHeaderStyles];

  override render() {
    const { open } = this;
    const view = open?.view;
    return html`
      <button class="quiet icon menu" aria-label="Runs and sessions" @click=${() => request(this, 'show-rail', { open: true })}>${icon('menu')}</button>
      <div class="names">
        <h1 title=${view?.run.name ?? ''}>${view ? visible(view.run.name) : open && open.connection.state === 'failed' ? 'Run' : 'Loading…'}</h1>
        ${view ? this.facts(view) : nothing}
      </div>
      ${open && view ? this.actions(open, view) : nothing}
      <ev-connection .connection=${open?.connection ?? null}></ev-connection>
    `;
  }

  private facts(view: RunView) {
    const { run, usage } = view;
    const { done, total } = view.script ? callProgress(view) : progressOf(view);
    const { budget } = run;
    const used = [
      ...(budget?.tokens === undefined ? [`${tokens(usage.input)} in`, `${tokens(usage.output)} out`] : []),
      ...(budget?.dollars === undefined && usage.cost ? [dollars(usage.cost)] : []),
    ].join(' · ');
    const all = `${count(usage.requests)} requests\n${count(usage.input)} tokens in, of them ${count(usage.cacheRead)} from the cache\n${count(usage.output)} tokens out`;
    return html`<div class="facts numbers">
      <span role="status">${runMark(run)}</span>
      <span><ev-elapsed .from=${run.createdAt} .to=${run.endedAt}></ev-elapsed></span>
      <span>${count(done)} of ${count(total)} ${view.script ? 'calls' : 'steps'}</span>
      ${budget ? budgetMeters(budget, usage, all) : nothing}
      ${usage.requests > 0 && used ? html`<span title=${all}>${used}</span>` : nothing}
      <ev-run-survived .runId=${run.id} .stamp=${`${run.status}/${done}`}></ev-run-survived>
      <span title=${moment(run.createdAt)}>${triggers[run.trigger]}</span>
      <span><button class="link" title="Definition: ${run.file}" @click=${() => request(this, 'show-panel', { panel: 'definition' })}>${folderName(run.file)}</button></span>
      <span title=${run.workspace}>in ${folderName(run.workspace)}</span>
      ${run.rerunOf ? html`<span>re-run of ${runLink(run.rerunOf, run.rerunOf)}${run.fromStep ? ` from ${run.fromStep}` : ''} (${runTabLink(run.id, 'compare', 'compare', run.rerunOf)})</span>` : nothing}
      ${run.parentRun ? html`<span>within ${runLink(run.parentRun, run.parentRun)}</span>` : nothing}
    </div>`;
  }

  private actions({ asked }: OpenRun, { run }: RunView) {
    const busy = asked !== null;
    const isRunning = run.status === 'running';
    const words = (verb: typeof asked, idle: string, going: string): string => (asked === verb ? going : idle);
    return html`<div class="actions">
      ${
        isRunning && !run.paused
          ? html`<button ?disabled=${busy} title="Running steps finish; nothing new starts" @click=${() => request(this, 'ask-run', { verb: 'pause' })}>${icon('pause', 14)}${words('pause', 'Pause', 'Pausing…')}</button>`
          : nothing
      }
      ${isRunning && run.paused ? html`<button class="primary" ?disabled=${busy} @click=${() => request(this, 'ask-run', { verb: 'resume' })}>${icon('play', 14)}${words('resume', 'Resume', 'Resuming…')}</button>` : nothing}
      ${
        isRunning
          ? html`<button class="danger" ?disabled=${busy} @click=${() => request(this, 'show-panel', { panel: 'cancel-run' })}>${icon('stop', 14)}${words('cancel', 'Cancel…', 'Cancelling…')}</button>`
          : html`<button ?disabled=${busy} @click=${() => request(this, 'offer-rerun', { from: null })}>${icon('retry', 14)}Re-run…</button>`
      }
      ${workflowTool(runWorkflowId(run.id), 'the run')}
      ${
        this.temporalUi
          ? html`<a class="tool" target="_blank" rel="noopener noreferrer" title="Open in Temporal UI" aria-label="The run in Temporal UI" href="${this.temporalUi}/namespaces/default/workflows/${encodeURIComponent(runWorkflowId(run.id))}">${icon('external', 14)}</a>`
          : nothing
      }
    </div>`;
  }
}

customElements.define('ev-run-header', RunHeader);
