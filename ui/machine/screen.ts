import { html, nothing } from 'lit';
import { covers } from '../../contracts/users.ts';
import { loadPart } from '../parts/load-part.ts';
import { failureScreen } from '../shell/failure.ts';
import type { AppState } from '../state.ts';

export const workflowScreen = ({ workflow, shell }: AppState) => {
  if (!workflow) return nothing;
  if (workflow.error?.code === 'workflow_not_found' && !workflow.facts)
    return failureScreen('This workflow does not exist', workflow.error.message);
  loadPart('ev-machine-page', () => import('./page.ts'));
  const role = shell.health?.user.role ?? 'viewer';
  return html`<ev-machine-page
    class="whole"
    .open=${workflow}
    ?mayAct=${covers(role, 'operator')}
    ?mayTerminate=${covers(role, 'admin')}
    .temporalUi=${shell.health?.temporalUi ?? null}
  ></ev-machine-page>`;
};
