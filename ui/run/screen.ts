import { html, nothing, type TemplateResult } from 'lit';
import { loadPart } from '../parts/load-part.ts';
import { failureScreen, loadingScreen } from '../shell/failure.ts';
import type { RunTab } from '../shell/model/address.ts';
import type { AppState } from '../state.ts';

export const loadRunParts = (): void => loadPart('ev-run-page', () => import('./parts.ts'));

/** Loaded only for these tabs, while the run itself loads. */
const load = (tab: RunTab): void => {
  if (tab === 'graph') loadPart('ev-run-graph', () => import('./graph.ts'));
  if (tab === 'compare') loadPart('ev-compare', () => import('./compare.ts'));
};

export const runScreen = ({ run, approvals, shell }: AppState) => {
  if (!run) return nothing;
  loadRunParts();
  load(run.tab);
  const temporalUi = shell.health?.temporalUi ?? null;
  const failed = run.connection.state === 'failed' && !run.view ? run.connection.error : null;
  const content = (): TemplateResult => {
    if (failed) {
      const isUnknown = failed.code === 'run_not_found';
      return failureScreen(isUnknown ? 'This run does not exist' : 'The run cannot be shown', failed.message);
    }
    if (!run.view) return loadingScreen('Loading the run…');
    switch (run.tab) {
      case 'overview':
        return html`<ev-run-overview class="fill" .open=${run} .approvals=${approvals}></ev-run-overview>`;
      case 'result':
        return html`<ev-run-outcome class="fill" .open=${run}></ev-run-outcome>`;
      case 'graph':
        return html`<ev-run-graph class="fill" .open=${run} .approvals=${approvals} .temporalUi=${temporalUi}></ev-run-graph>`;
      case 'compare':
        return html`<ev-compare class="fill" .open=${run}></ev-compare>`;
      case 'timeline':
      case 'steps':
        return html`<ev-run-page class="fill" .open=${run} .approvals=${approvals} .temporalUi=${temporalUi}></ev-run-page>`;
    }
  };
  return html`
    <div>
      <ev-run-header .open=${run} .temporalUi=${temporalUi}></ev-run-header>
      ${failed ? nothing : html`<ev-run-tabs .open=${run}></ev-run-tabs>`}
    </div>
    <ev-connection-strip .connection=${failed ? null : run.connection}></ev-connection-strip>
    ${content()}
  `;
};
