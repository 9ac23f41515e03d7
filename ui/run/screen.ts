import { html, nothing, type TemplateResult } from 'lit';
import { failureScreen, loadingScreen } from '../shell/failure.ts';
import type { AppState } from '../state.ts';
import '../shell/connection-strip.ts';
import './run-header.ts';
import './flow-run.ts';
import './script-run.ts';

export const runScreen = ({ run, approvals, shell }: AppState) => {
  if (!run) return nothing;
  const temporalUi = shell.health?.temporalUi ?? null;
  const failed = run.connection.state === 'failed' && !run.view ? run.connection.error : null;
  const content = (): TemplateResult => {
    if (failed) {
      const isUnknown = failed.code === 'run_not_found';
      return failureScreen(isUnknown ? 'This run does not exist' : 'The run cannot be shown', failed.message);
    }
    if (!run.view) return loadingScreen('Loading the run…');
    return run.view.script
      ? html`<ev-script-run class="fill" .open=${run} .approvals=${approvals} .temporalUi=${temporalUi}></ev-script-run>`
      : html`<ev-flow-run class="fill" .open=${run} .approvals=${approvals} .temporalUi=${temporalUi}></ev-flow-run>`;
  };
  return html`
    <ev-run-header .open=${run} .temporalUi=${temporalUi}></ev-run-header>
    <ev-connection-strip .connection=${failed ? null : run.connection}></ev-connection-strip>
    ${content()}
  `;
};
