import { html, nothing } from 'lit';
import type { AppState } from '../state.ts';
import '../run/cancel-run.ts';
import '../run/definition.ts';
import '../session/delete-session.ts';
import '../parts/dialog.ts';
import './help.ts';
import '../inbox/inbox.ts';
import '../start/new-session.ts';
import '../run/rerun.ts';
import '../run/rerun-script.ts';
import '../session/subagents.ts';

export const panelScreen = ({ shell, approvals, subagents, sessions, runs, conversation, run, drafts }: AppState) => {
  switch (shell.panel) {
    case 'none':
      return nothing;
    case 'help':
      return html`<ev-dialog heading="Keyboard shortcuts"><ev-help></ev-help></ev-dialog>`;
    case 'inbox':
      return html`<ev-dialog heading="Approvals" side>
        <ev-inbox .approvals=${approvals} .sessions=${sessions.items} .runs=${runs.items}></ev-inbox>
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
          ?busy=${shell.creating}
          .error=${shell.createError}
        ></ev-new-session>
      </ev-dialog>`;
    case 'delete-session':
      return html`<ev-dialog heading="Delete this session?">
        <ev-delete-session .session=${conversation?.session ?? null}></ev-delete-session>
      </ev-dialog>`;
    case 'cancel-run':
      return html`<ev-dialog heading="Cancel this run?">
        <ev-cancel-run .run=${run?.view?.run ?? null}></ev-cancel-run>
      </ev-dialog>`;
    case 'definition':
      return html`<ev-dialog heading="What it was started with" side>
        <ev-definition .kind=${run?.view?.run.kind ?? 'flow'} .source=${run?.source ?? null}></ev-definition>
      </ev-dialog>`;
    case 'rerun':
      return html`<ev-dialog heading="Re-run ${run?.view?.run.name ?? ''}">${run?.view?.script ? html`<ev-rerun-script .open=${run}></ev-rerun-script>` : html`<ev-rerun .open=${run}></ev-rerun>`}</ev-dialog>`;
  }
};
