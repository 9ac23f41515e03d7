import { html, nothing } from 'lit';
import { type RequestName, type Requests, request } from '../events.ts';
import { modelsOf } from '../operate/model/parts.ts';
import { loadPart } from '../parts/load-part.ts';
import type { AppState } from '../state.ts';

export const loadPanelParts = (): void => loadPart('ev-palette', () => import('./panel-parts.ts'));

const from =
  <Name extends RequestName>(name: Name, detail: Requests[Name]) =>
  ({ currentTarget }: Event): void => {
    if (currentTarget) request(currentTarget, name, detail);
  };

export const panelScreen = ({
  shell,
  approvals,
  subagents,
  sessions,
  runs,
  flows,
  scripts,
  conversation,
  run,
  drafts,
  said,
  parts,
}: AppState) => {
  if (shell.panel === 'none') return nothing;
  loadPanelParts();
  switch (shell.panel) {
    case 'help':
      return html`<ev-dialog heading="Keyboard shortcuts"><ev-help></ev-help></ev-dialog>`;
    case 'palette':
      return html`<ev-dialog heading="Go to">
        <ev-palette .sessions=${sessions.items} .runs=${runs.items} .flows=${flows.flows} .scripts=${scripts.scripts} .said=${said}></ev-palette>
      </ev-dialog>`;
    case 'inbox':
      return html`<ev-dialog heading="Inbox" side>
        <ev-inbox side .approvals=${approvals} .sessions=${sessions.items} .runs=${runs.items}></ev-inbox>
      </ev-dialog>`;
    case 'subagents':
      return html`<ev-dialog heading="Background agents" side>
        <ev-subagents
          .subagents=${subagents}
          .sessions=${sessions.items}
          .sessionId=${conversation?.sessionId ?? null}
        ></ev-subagents>
      </ev-dialog>`;
    case 'new-session':
      return html`<ev-dialog heading="New session">
        <ev-new-session
          .workspace=${shell.health?.workspace ?? ''}
          .draft=${conversation || run ? '' : (drafts[''] ?? '')}
          .agents=${parts.agents?.value ?? []}
          .models=${modelsOf(parts)}
          ?busy=${shell.creating}
          .error=${shell.createError}
        ></ev-new-session>
      </ev-dialog>`;
    case 'delete-session': {
      const session = conversation?.session;
      if (!session) return nothing;
      return html`<ev-dialog heading="Delete this session?">
        <ev-confirm
          text=${`Deletes “${session.title || 'Untitled session'}” and its whole transcript. Files in its workspace stay.`}
          keep="Keep"
          act="Delete"
          @confirm=${from('delete-session', { id: session.id })}
        ></ev-confirm>
      </ev-dialog>`;
    }
    case 'cancel-run': {
      if (!run?.view) return nothing;
      return html`<ev-dialog heading="Cancel this run?">
        <ev-confirm
          text=${`“${run.view.run.name}” stops now. Finished results are kept and reused by a re-run.`}
          keep="Keep running"
          act="Cancel run"
          @confirm=${from('ask-run', { verb: 'cancel' })}
        ></ev-confirm>
      </ev-dialog>`;
    }
    case 'trace':
      return html`<ev-dialog heading="Trace" full>
        <ev-session-trace .conversation=${conversation}></ev-session-trace>
      </ev-dialog>`;
    case 'definition':
      return html`<ev-dialog heading="Definition" side>
        <ev-definition .kind=${run?.view?.run.kind ?? 'flow'} .source=${run?.source ?? null}></ev-definition>
      </ev-dialog>`;
    case 'rerun':
      return html`<ev-dialog heading="Re-run ${run?.view?.run.name ?? ''}">${run?.view?.script ? html`<ev-rerun-script .open=${run}></ev-rerun-script>` : html`<ev-rerun .open=${run}></ev-rerun>`}</ev-dialog>`;
  }
};
