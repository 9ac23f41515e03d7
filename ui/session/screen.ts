import { html, nothing, type TemplateResult } from 'lit';
import { loadPart } from '../parts/load-part.ts';
import { failureScreen, loadingScreen } from '../shell/failure.ts';
import type { AppState } from '../state.ts';
import { attachingIn } from './state/attaching.ts';
import { runningTurn } from './state/conversation.ts';

export const loadSessionParts = (): void => loadPart('ev-conversation', () => import('./parts.ts'));

export const conversationScreen = (state: AppState) => {
  const { conversation, approvals, outbox, shell, drafts, attaching, subagents } = state;
  if (!conversation) return nothing;
  loadSessionParts();
  const { sessionId, view, session, connection, cancelling } = conversation;
  const failed = connection.state === 'failed' && !view ? connection.error : null;
  const running = view ? runningTurn(view) !== null : false;
  const content = (): TemplateResult => {
    if (failed) {
      const isUnknown = failed.code === 'session_not_found';
      return failureScreen(isUnknown ? 'This session does not exist' : 'The session cannot be shown', failed.message);
    }
    if (!view) return loadingScreen('Loading the session…');
    return html`<ev-beside .conversation=${conversation} .locked=${approvals.locked}>
      <ev-conversation
        .conversation=${conversation}
        .approvals=${approvals}
        .outbox=${outbox.items.filter((item) => item.sessionId === sessionId)}
        .subagents=${subagents.items}
        .temporalUi=${shell.health?.temporalUi ?? null}
      ></ev-conversation>
      <ev-composer
        .locked=${approvals.locked}
        .session=${session}
        .draft=${drafts[sessionId] ?? ''}
        .attaching=${attachingIn(attaching, sessionId)}
        ?running=${running}
        ?stopping=${cancelling !== null}
      ></ev-composer>
    </ev-beside>`;
  };
  return html`
    <ev-session-header .conversation=${conversation}></ev-session-header>
    <ev-connection-strip .connection=${failed ? null : connection}></ev-connection-strip>
    ${content()}
  `;
};
