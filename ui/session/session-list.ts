import { html, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Session } from '../../contracts/api.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { anythingFound } from '../parts/found.ts';
import { sessionListStyles } from '../parts/list.styles.ts';
import { count, dollars, folderName, plural, tokens } from '../parts/model/format.ts';
import { moveFocus } from '../parts/move-focus.ts';
import { shared } from '../parts/shared.styles.ts';
import { foundSessions } from './found-sessions.ts';
import type { Sessions } from './state/sessions.ts';
import '../parts/time.ts';

const words = { idle: 'idle', running: 'running', waiting: 'waiting for you', failed: 'failed' } as const;

/** A session whose last turn failed says so until the next one runs. */
const stateOf = ({ status, lastTurn }: Session): keyof typeof words =>
  status === 'idle' && lastTurn === 'failed' ? 'failed' : status;
const fetchWithin = 300;

/** What a session has used, small; nothing before its first request. `~`: some of it is estimated. */
const usageOf = (usage: Session['usage']) => {
  if (!usage) return nothing;
  const all = usage.input + usage.output;
  const cost = usage.cost === null ? '' : ` · ${dollars(usage.cost)}`;
  const title = `${plural(usage.requests, 'request')}, ${count(usage.input)} tokens in, ${count(usage.output)} out${usage.cost === null ? ', cost unknown' : ''}`;
  return html`<span class="used" title=${title}>${usage.estimated > 0 ? '~' : ''}${tokens(all)}${cost}</span>`;
};

type SessionListProps = {
  sessions: Sessions | null;
  selected: string | null;
};

/** The sessions, newest first. One of them takes the focus; arrows, Home and End move it. */
class SessionList extends element<SessionListProps>({ sessions: null, selected: null }) {
  static override styles = [shared, sessionListStyles];

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('selected')) this.renderRoot.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }

  override render() {
    const { sessions } = this;
    if (!sessions) return nothing;
    if (sessions.status === 'loading' && sessions.items.length === 0) return this.skeleton();
    if (sessions.status === 'failed') {
      return html`<div class="message" role="alert">
        <p>${sessions.error?.message}</p>
        <button @click=${() => request(this, 'search-sessions', { q: sessions.q })}>Try again</button>
      </div>`;
    }
    if (sessions.items.length === 0 && !anythingFound(sessions.found)) {
      return html`<p class="message">${sessions.q ? `No session matches “${sessions.q}”.` : 'No sessions yet.'}</p>`;
    }
    const focusable = sessions.items.some(({ id }) => id === this.selected) ? this.selected : sessions.items[0]?.id;
    return html`<nav aria-label="Sessions" @keydown=${moveFocus} @scroll=${this.scrolled}>
      <ul>
        ${repeat(
          sessions.items,
          ({ id }) => id,
          (session) => this.row(session, session.id === focusable),
        )}
      </ul>
      ${foundSessions(sessions.found, this.foundClicked)}
      ${sessions.loadingMore ? html`<p class="message">Loading more…</p>` : nothing}
    </nav>`;
  }

  private row(session: Session, focusable: boolean) {
    const { id, title, updatedAt, workspace, usage } = session;
    const status = stateOf(session);
    const selected = id === this.selected;
    return html`<li>
      <a
        href="/s/${encodeURIComponent(id)}"
        data-id=${id}
        tabindex=${focusable ? 0 : -1}
        aria-current=${selected ? 'page' : nothing}
        @click=${this.clicked}
      >
        <span class="dot ${status}" role="img" aria-label=${words[status]} title=${words[status]}></span>
        <span class="title">${visible(title || 'Untitled session')}</span>
        <span class="facts"><span title=${workspace}>${folderName(workspace)}</span>${usageOf(usage)}<ev-time at=${updatedAt}></ev-time></span>
      </a>
    </li>`;
  }

  private skeleton() {
    return html`<div class="skeleton" aria-label="Loading sessions" role="status">${[0, 1, 2, 3, 4].map(() => html`<i></i>`)}</div>`;
  }

  private clicked(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const row = event.currentTarget;
    if (!(row instanceof HTMLElement) || !row.dataset.id) return;
    event.preventDefault();
    request(this, 'open-session', { id: row.dataset.id });
  }

  private foundClicked(event: MouseEvent): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('a[data-id]') : null;
    if (!row?.dataset.id) return;
    event.preventDefault();
    request(row, 'open-session', { id: row.dataset.id, turn: Number(row.dataset.turn) });
  }

  private scrolled(event: Event): void {
    const list = event.currentTarget;
    if (!(list instanceof HTMLElement) || !this.sessions?.nextCursor || this.sessions.loadingMore) return;
    if (list.scrollHeight - list.scrollTop - list.clientHeight < fetchWithin) request(this, 'more-sessions', null);
  }
}

customElements.define('ev-session-list', SessionList);
