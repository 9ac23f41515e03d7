import { html, type PropertyValues } from 'lit';
import { type ApiClient, createApiClient } from '../client/api.ts';
import { act } from './act.ts';
import { appStyles } from './app.styles.ts';
import { createEffects } from './effects.ts';
import { handleRequests } from './events.ts';
import { placeOf } from './go-keys.ts';
import { howMany } from './inbox/state/approvals.ts';
import { workflowScreen } from './machine/screen.ts';
import { createNavigation } from './navigation.ts';
import { modelsOf } from './operate/model/parts.ts';
import { viewScreen, viewTitle } from './operate/screen.ts';
import { element } from './parts/element.ts';
import { readClock } from './parts/model/server-clock.ts';
import { shared } from './parts/shared.styles.ts';
import { loadRunParts, runScreen } from './run/screen.ts';
import { conversationScreen, loadSessionParts } from './session/screen.ts';
import { createLiveUsage } from './session/state/sessions.ts';
import { howManyRun } from './session/state/subagents.ts';
import { forgetToken, recall, remember, rememberToken, takeToken, tokenOfOtherTab } from './shell/effects/memory.ts';
import { returnToPlace } from './shell/effects/place.ts';
import { asError, notify, type Store } from './shell/effects/store.ts';
import { failureScreen } from './shell/failure.ts';
import type { Address } from './shell/model/address.ts';
import { loadPanelParts, panelScreen } from './shell/panel.ts';
import type { Action } from './shell/state/actions.ts';
import { shortcutOf } from './shortcuts.ts';
import { type AppState, initialState, update } from './state.ts';
import './session/announcer.ts';
import './shell/notices.ts';
import './shell/rail.ts';
import './start/start.ts';
import './shell/token-screen.ts';

type AppProps = {
  state: AppState;
};

/** Long enough for the first view and its requests. */
const aheadAfterMs = 1_500;

type List = { status: string; items: readonly unknown[] };
/** As many as the offers of the first hour: who has tried one finds the others still there. */
const firstFew = 3;
const isNew = (...lists: readonly List[]): boolean =>
  lists.every(({ status }) => status === 'ready') && lists.reduce((sum, { items }) => sum + items.length, 0) < firstFew;

const fetchOnTime: typeof fetch = async (...request) => {
  const response = await fetch(...request);
  readClock(response.headers.get('date'));
  return response;
};

/** Holds the state, changes it, and lays out the screen. */
class App extends element<AppProps>({ state: initialState(recall()) }, 'state') {
  private client: { token: string | null; api: ApiClient } | undefined;

  private readonly store: Store = {
    get: () => this.state,
    dispatch: (action) => this.dispatch(action),
    api: () => this.api(),
  };
  private readonly withLiveUsage = createLiveUsage();
  private readonly navigation = createNavigation((address) => this.show(address));
  private readonly effects = createEffects(this.store, this.navigation, (token) => this.useToken(token));

  constructor() {
    super();
    handleRequests(this, this.effects.handlers);
  }

  static override styles = [shared, appStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('popstate', this.followAddress);
    addEventListener('hashchange', this.followAddress);
    addEventListener('keydown', this.pressed);
    addEventListener('storage', this.storedElsewhere);
    addEventListener('vite:preloadError', this.notLoaded);
    document.addEventListener('visibilitychange', this.seen);
    if (this.state.shell.token !== null) this.begin();
    else void this.lookForLogin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('popstate', this.followAddress);
    removeEventListener('hashchange', this.followAddress);
    removeEventListener('keydown', this.pressed);
    removeEventListener('storage', this.storedElsewhere);
    removeEventListener('vite:preloadError', this.notLoaded);
    document.removeEventListener('visibilitychange', this.seen);
    this.effects.lists.stop();
    this.effects.workflow.open(null);
  }

  private api(): ApiClient {
    const { token } = this.state.shell;
    if (this.client?.token !== token)
      this.client = { token, api: createApiClient({ baseUrl: '', token: token || null, fetch: fetchOnTime }) };
    return this.client.api;
  }

  private dispatch(action: Action): void {
    const before = this.state;
    this.state = update(before, action);
    remember(before, this.state);
    if (action.type === 'token-refused' && before.shell.token !== null) {
      forgetToken(before.shell.token);
      void this.lookForLogin();
      this.effects.lists.stop();
      this.show({ page: 'start', tab: 'session', name: null });
    }
  }

  private begin(): void {
    // What is open is asked for first.
    this.followAddress();
    this.effects.lists.start();
    // Without it, Temporal UI asks for the token.
    this.api()
      .openTemporalUi()
      .catch(() => {});
  }

  /** Whoever has signed in has a cookie, which no script sees: the API knows. */
  private async lookForLogin(): Promise<void> {
    try {
      const health = await this.api().health();
      // Another tab may have signed in meanwhile.
      if (this.state.shell.token !== null) return;
      returnToPlace();
      this.dispatch({ type: 'token-set', token: '' });
      this.dispatch({ type: 'health', health });
      this.begin();
    } catch (cause) {
      const login = asError(cause).details?.login;
      // Never an address of another site.
      if (typeof login === 'string' && /^\/api\/\w/.test(login))
        this.dispatch({ type: 'login-offered', address: login });
    }
  }

  private useToken(token: string): void {
    rememberToken(token);
    this.dispatch({ type: 'token-set', token });
    this.begin();
  }

  /** Who signs in again in one tab has signed in in all that wait for it. */
  private readonly storedElsewhere = (event: StorageEvent): void => {
    const token = tokenOfOtherTab(event);
    if (token && this.state.shell.token === null) this.useToken(token);
  };

  /** A page from before an update of the stack asks for files that no longer exist. */
  private readonly notLoaded = (): void => {
    const text = 'Part of the console cannot be loaded. If the stack was updated, reload the page';
    if (!this.state.shell.notices.some((notice) => notice.text === text)) notify(this.store, 'error', text);
  };

  private readonly seen = (): void => {
    if (!document.hidden && this.state.shell.token === null) void this.lookForLogin();
  };

  private readonly followAddress = (): void => {
    const token = takeToken();
    if (token !== null && token !== this.state.shell.token) this.useToken(token);
    else this.navigation.follow();
  };

  private show(address: Address): void {
    this.dispatch({ type: 'place', address });
    this.effects.session.open(address.page === 'session' ? address.id : null);
    this.effects.following.open(address.page === 'run' ? address.id : null);
    this.effects.workflow.open(address.page === 'workflow' ? address.id : null);
    this.effects.openView(address);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (this.state.shell.token === null || this.state.shell.panel !== 'none') return;
    const { store, navigation, effects } = this;
    const place = placeOf(event);
    if (place !== undefined) {
      event.preventDefault();
      navigation.to(place);
      return;
    }
    const shortcut = shortcutOf(event);
    const find = (name: string): HTMLElement | null => this.renderRoot.querySelector<HTMLElement>(name);
    if (shortcut && act(shortcut, { store, navigation, effects, find })) event.preventDefault();
  };

  /** Loads what the user is likely to open next. */
  override firstUpdated(): void {
    setTimeout(() => {
      loadSessionParts();
      loadRunParts();
      loadPanelParts();
    }, aheadAfterMs);
  }

  override updated(changed: PropertyValues): void {
    if (!changed.has('state')) return;
    const { shell, conversation, run, workflow, approvals } = this.state;
    const root = document.documentElement;
    if (shell.theme === 'system') root.removeAttribute('data-theme');
    else root.dataset.theme = shell.theme;
    root.dataset.density = shell.density;
    const number = howMany(approvals);
    const title = conversation?.session?.title ?? run?.view?.run.name ?? workflow?.workflowId ?? viewTitle(shell.view);
    document.title = `${number > 0 ? `(${number}) ` : ''}${title ? `${title} · ` : ''}Everturn`;
  }

  override render() {
    const { shell, sessions, runs, conversation, run, workflow, approvals, subagents } = this.state;
    if (shell.token === null)
      return html`<ev-token-screen .refused=${shell.refused} .expired=${shell.expired} .login=${shell.login}></ev-token-screen>`;
    return html`
      <div class="frame ${shell.railOpen ? 'rail-open' : ''}">
        <button class="cover" tabindex="-1" aria-label="Close the list" @click=${() => this.dispatch({ type: 'rail', open: false })}></button>
        <ev-rail
          role="complementary"
          aria-label="Navigation"
          @skip=${() => this.renderRoot.querySelector('main')?.focus()}
          .shell=${shell}
          .sessions=${this.withLiveUsage(sessions, conversation)}
          .runs=${runs}
          .selected=${conversation?.sessionId ?? run?.runId ?? null}
          .pending=${howMany(approvals)}
          .background=${howManyRun(subagents)}
        ></ev-rail>
        <main tabindex="-1">${conversation ? conversationScreen(this.state) : run ? runScreen(this.state) : workflow ? workflowScreen(this.state) : shell.view ? viewScreen(this.state) : shell.missing ? failureScreen('Page not found', `There is no page at ${location.pathname}.`) : this.start()}</main>
      </div>
      ${panelScreen(this.state)}
      <ev-notices .notices=${shell.notices}></ev-notices>
      <ev-announcer .view=${conversation?.view ?? null} .sessionId=${conversation?.sessionId ?? null}></ev-announcer>
    `;
  }

  private start() {
    const { shell, drafts, flows, scripts, sessions, runs, parts } = this.state;
    return html`<ev-start
      .shell=${shell}
      .draft=${drafts[''] ?? ''}
      .flows=${flows}
      .scripts=${scripts}
      ?first=${isNew(sessions, runs)}
      .agents=${parts.agents?.value ?? []}
      .models=${modelsOf(parts)}
    ></ev-start>`;
  }
}

customElements.define('ev-app', App);
