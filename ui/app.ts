import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { type ApiClient, createApiClient } from '../client/api.ts';
import { addressOf, parseAddress } from './effects/address.ts';
import { createLists } from './effects/lists.ts';
import { recall, remember, rememberToken, takeToken } from './effects/memory.ts';
import { createMessages } from './effects/messages.ts';
import { createOpenSession } from './effects/open-session.ts';
import { createSessions } from './effects/sessions.ts';
import { notify, type Store } from './effects/store.ts';
import { handleRequests } from './events.ts';
import { type Shortcut, shortcutOf } from './shortcuts.ts';
import type { Action } from './state/actions.ts';
import { runningTurn } from './state/conversation.ts';
import { type AppState, initialState, update } from './state.ts';
import { appStyles } from './styles/app.ts';
import { shared } from './styles/shared.ts';
import './elements/announcer.ts';
import './elements/composer.ts';
import './elements/connection-strip.ts';
import './elements/conversation.ts';
import './elements/delete-session.ts';
import './elements/dialog.ts';
import './elements/help.ts';
import './elements/inbox.ts';
import './elements/new-session.ts';
import './elements/notices.ts';
import './elements/rail.ts';
import './elements/session-header.ts';
import './elements/start.ts';
import './elements/token-screen.ts';

/** Holds the state, acts on the requests of all elements, and lays out the screen. */
class App extends LitElement {
  static override properties = { state: { state: true } };
  declare state: AppState;
  private client: { token: string | null; api: ApiClient } | undefined;

  private readonly store: Store = {
    get: () => this.state,
    dispatch: (action) => this.dispatch(action),
    api: () => this.api(),
  };
  private readonly lists = createLists(this.store);
  private readonly session = createOpenSession(this.store);
  private readonly sessions = createSessions(this.store, (id) => this.goTo(id));
  private readonly messages = createMessages(this.store);

  constructor() {
    super();
    this.state = initialState(recall());
    this.handleRequests();
  }

  static override styles = [shared, appStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('popstate', this.followAddress);
    addEventListener('hashchange', this.followAddress);
    addEventListener('keydown', this.pressed);
    if (this.state.shell.token !== null) this.begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('popstate', this.followAddress);
    removeEventListener('hashchange', this.followAddress);
    removeEventListener('keydown', this.pressed);
    this.lists.stop();
  }

  private api(): ApiClient {
    const { token } = this.state.shell;
    if (this.client?.token !== token) this.client = { token, api: createApiClient({ baseUrl: '', token }) };
    return this.client.api;
  }

  private dispatch(action: Action): void {
    const before = this.state;
    this.state = update(before, action);
    remember(before, this.state);
    if (action.type === 'token-refused' && before.shell.token !== null) {
      rememberToken(null);
      this.lists.stop();
      this.session.open(null, null);
    }
  }

  private begin(): void {
    this.lists.start();
    this.followAddress();
  }

  private useToken(token: string): void {
    rememberToken(token);
    this.dispatch({ type: 'token-set', token });
    this.begin();
  }

  private readonly followAddress = (): void => {
    const token = takeToken();
    if (token !== null && token !== this.state.shell.token) this.useToken(token);
    const { id, turn } = parseAddress(location.pathname, location.hash);
    this.session.open(id, turn);
  };

  private goTo(id: string | null): void {
    const address = addressOf(id);
    if (location.pathname !== address || location.hash !== '') history.pushState(null, '', address);
    this.session.open(id, null);
  }

  private handleRequests(): void {
    const { store, lists, session, sessions, messages } = this;
    const openId = (): string => this.state.conversation?.sessionId ?? '';
    handleRequests(this, {
      'use-token': ({ token }) => this.useToken(token),
      'open-session': ({ id }) => this.goTo(id),
      'search-sessions': ({ q }) => lists.search(q),
      'more-sessions': () => lists.more(),
      'create-session': (request) => sessions.create(request, messages.send),
      'rename-session': ({ id, title }) => sessions.rename(id, title),
      'delete-session': ({ id }) => sessions.remove(id),
      'send-message': ({ text, whenBusy }) => messages.send(openId(), text, whenBusy),
      'edit-draft': ({ text }) => store.dispatch({ type: 'draft', sessionId: openId(), text }),
      'send-again': ({ key }) => messages.sendAgain(key),
      'discard-message': ({ key }) => store.dispatch({ type: 'outbox-removed', key }),
      'cancel-turn': () => session.cancel(),
      'answer-approval': (answer) => messages.answer(answer),
      'load-older': () => session.loadOlder(),
      'load-trace': ({ turn }) => session.loadTrace(turn),
      reconnect: () => session.reconnect(),
      'choose-theme': ({ theme }) => store.dispatch({ type: 'theme', theme }),
      'show-panel': ({ panel }) => store.dispatch({ type: 'panel', panel }),
      'show-rail': ({ open }) => store.dispatch({ type: 'rail', open }),
      notify: ({ text }) => notify(store, 'info', text),
      'dismiss-notice': ({ id }) => store.dispatch({ type: 'notice-dismissed', id }),
    });
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (this.state.shell.token === null || this.state.shell.panel !== 'none') return;
    const shortcut = shortcutOf(event);
    if (shortcut && this.act(shortcut)) event.preventDefault();
  };

  /** Whether there was something to do. */
  private act(shortcut: Shortcut): boolean {
    const { state, store } = this;
    const element = (name: string): HTMLElement | null => this.renderRoot.querySelector<HTMLElement>(name);
    switch (shortcut) {
      case 'write':
        element('ev-composer, ev-new-session, ev-start')?.focus();
        return true;
      case 'new-session':
      case 'inbox':
      case 'help':
        store.dispatch({ type: 'panel', panel: shortcut });
        return true;
      case 'search':
        store.dispatch({ type: 'rail', open: true });
        element('ev-rail')?.focus();
        return true;
      case 'above':
      case 'below': {
        const ids = state.sessions.items.map(({ id }) => id);
        const at = ids.indexOf(state.conversation?.sessionId ?? '');
        const next = ids[shortcut === 'above' ? at - 1 : at + 1];
        if (next !== undefined) this.goTo(next);
        return true;
      }
      case 'end':
        this.renderRoot.querySelector('ev-conversation')?.dispatchEvent(new Event('to-end'));
        return true;
      case 'stop':
        if (state.shell.railOpen) store.dispatch({ type: 'rail', open: false });
        else this.session.cancel();
        return true;
    }
  }

  override updated(changed: PropertyValues): void {
    if (!changed.has('state')) return;
    const { shell, conversation, approvals } = this.state;
    const root = document.documentElement;
    if (shell.theme === 'system') root.removeAttribute('data-theme');
    else root.dataset.theme = shell.theme;
    const waiting = approvals.items.length > 0 ? `(${approvals.items.length}) ` : '';
    const name = conversation?.session?.title ? `${conversation.session.title} · ` : '';
    document.title = `${waiting}${name}Everturn`;
  }

  override render() {
    const { shell, sessions, conversation, approvals } = this.state;
    if (shell.token === null) return html`<ev-token-screen .refused=${shell.refused}></ev-token-screen>`;
    return html`
      <div class="frame ${shell.railOpen ? 'rail-open' : ''}">
        <button class="cover" tabindex="-1" aria-label="Close the list" @click=${() => this.dispatch({ type: 'rail', open: false })}></button>
        <ev-rail
          .shell=${shell}
          .sessions=${sessions}
          .selected=${conversation?.sessionId ?? null}
          .pending=${approvals.items.length}
        ></ev-rail>
        <main>${conversation ? this.conversation() : this.start()}</main>
      </div>
      ${this.panel()}
      <ev-notices .notices=${shell.notices}></ev-notices>
      <ev-announcer .view=${conversation?.view ?? null} .sessionId=${conversation?.sessionId ?? null}></ev-announcer>
    `;
  }

  private conversation() {
    const { conversation, approvals, outbox, shell, drafts } = this.state;
    if (!conversation) return nothing;
    const { sessionId, view, connection, cancelling } = conversation;
    const running = view ? runningTurn(view) !== null : false;
    const failed = connection.state === 'failed' && !view ? connection.error : null;
    return html`
      <ev-session-header .conversation=${conversation}></ev-session-header>
      <ev-connection-strip .connection=${failed ? null : connection}></ev-connection-strip>
      ${
        failed
          ? html`<div class="center" role="alert">
              <h2>${failed.code === 'session_not_found' ? 'This session does not exist' : 'The session cannot be shown'}</h2>
              <p>${failed.message}</p>
              <button @click=${() => this.goTo(null)}>To the start</button>
            </div>`
          : view
            ? html`<ev-conversation
                .conversation=${conversation}
                .approvals=${approvals}
                .outbox=${outbox.items.filter((item) => item.sessionId === sessionId)}
                .temporalUi=${shell.health?.temporalUi ?? null}
              ></ev-conversation>`
            : html`<div class="center" role="status"><p>Loading the session…</p></div>`
      }
      ${
        failed
          ? nothing
          : html`<ev-composer
              .draft=${drafts[sessionId] ?? ''}
              ?running=${running}
              ?stopping=${cancelling !== null}
              .note=${shell.health?.model.offline ? 'The built-in offline model answers: no provider is configured' : ''}
            ></ev-composer>`
      }
    `;
  }

  private start() {
    const { shell, drafts } = this.state;
    return html`<ev-start .shell=${shell} .draft=${drafts[''] ?? ''}></ev-start>`;
  }

  private panel() {
    const { shell, approvals, sessions, conversation, drafts } = this.state;
    switch (shell.panel) {
      case 'none':
        return nothing;
      case 'help':
        return html`<ev-dialog heading="Keyboard shortcuts"><ev-help></ev-help></ev-dialog>`;
      case 'inbox':
        return html`<ev-dialog heading="Approvals" side>
          <ev-inbox .approvals=${approvals} .sessions=${sessions.items}></ev-inbox>
        </ev-dialog>`;
      case 'new-session':
        return html`<ev-dialog heading="New session">
          <ev-new-session
            .workspace=${shell.health?.workspace ?? ''}
            .draft=${conversation ? '' : (drafts[''] ?? '')}
            ?busy=${shell.creating}
            .error=${shell.createError}
          ></ev-new-session>
        </ev-dialog>`;
      case 'delete-session':
        return html`<ev-dialog heading="Delete this session?">
          <ev-delete-session .session=${conversation?.session ?? null}></ev-delete-session>
        </ev-dialog>`;
    }
  }
}

customElements.define('ev-app', App);
