import { css, html, nothing, type TemplateResult } from 'lit';
import type { Session } from '../../contracts/api.ts';
import { stepName } from '../../contracts/ids.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { count, dollars, folderName, tokens } from '../parts/model/format.ts';
import { runLink, sessionLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { survivedWords } from '../parts/survived.ts';
import { placeOfNode } from '../run/model/node-key.ts';
import type { Conversation } from './state/conversation.ts';
import '../shell/connection.ts';

type SessionHeaderProps = {
  conversation: Conversation | null;
  renaming: boolean;
};

/** Which session this is, what it used, whether it is live; renames and deletes it. */
class SessionHeader extends element<SessionHeaderProps>({ conversation: null, renaming: false }, 'renaming') {
  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-width: 0;
        min-height: 3.5rem;
        padding: var(--space-2) var(--space-5);
        border-bottom: 1px solid var(--line);
      }
      .names {
        flex: 1 1 auto;
        min-width: 0;
      }
      h1 {
        margin: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-size: var(--text-m);
        font-weight: 620;
        line-height: 1.4;
      }
      .facts {
        display: flex;
        gap: var(--space-3);
        color: var(--muted);
        font-size: var(--text-xs);
        white-space: nowrap;
        overflow: hidden;
      }
      .facts > * {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      form input {
        height: 1.875rem;
        padding-block: 0;
        font-weight: 620;
      }
      .saved {
        flex: none;
        color: var(--state-completed);
        font-size: var(--text-xs);
      }
      .usage {
        flex: none;
        color: var(--muted);
        font-size: var(--text-xs);
        text-align: right;
      }
      ev-connection {
        flex: none;
        padding-inline: var(--space-2);
      }
      .menu {
        display: none;
      }
      @media (min-width: 75rem) {
        .beside {
          display: none;
        }
      }
      @media (max-width: 64rem) {
        .saved {
          display: none;
        }
      }
      @media (max-width: 56rem) {
        .menu {
          display: inline-flex;
        }
        .usage {
          display: none;
        }
      }
      @media (max-width: 40rem) {
        :host {
          padding-inline: var(--space-2);
        }
        .rename {
          display: none;
        }
      }
    `,
  ];

  override render() {
    const { conversation } = this;
    const session = conversation?.session;
    return html`
      <button class="quiet icon menu" aria-label="Sessions" @click=${() => request(this, 'show-rail', { open: true })}>${icon('menu')}</button>
      <div class="names">
        ${this.renaming && session ? this.renameForm(session.title) : html`<h1 title=${session?.title ?? ''}>${session ? visible(session.title || 'Untitled session') : conversation?.connection.state === 'failed' ? 'Not found' : 'Loading…'}</h1>`}
        ${
          session
            ? html`<div class="facts">
                ${this.origin(session)}
                <span title=${session.workspace}>${folderName(session.workspace)}</span>
                <span title=${session.model}>${session.model}</span>
                ${session.archivedAt === null ? nothing : html`<span>archived</span>`}
              </div>`
            : nothing
        }
      </div>
      ${this.saved()} ${this.usage()}
      <ev-connection .connection=${conversation?.connection ?? null}></ev-connection>
      ${
        session
          ? html`<button class="quiet icon beside" title="Turns, changes and tasks" aria-label="Turns, changes and tasks" @click=${() => request(this, 'show-side', { tab: this.conversation?.beside.tab ?? 'turns' })}>${icon('rows')}</button>
              <button class="quiet icon" title="Trace" aria-label="Trace of the session" @click=${() => request(this, 'show-panel', { panel: 'trace' })}>${icon('layers')}</button>
              <button class="quiet icon rename" title="Rename" aria-label="Rename the session" @click=${this.startRenaming}>${icon('pencil')}</button>
              ${this.archive(session)}
              <button class="quiet icon" title="Delete" aria-label="Delete the session" @click=${() => request(this, 'show-panel', { panel: 'delete-session' })}>
                ${icon('trash')}
              </button>`
          : nothing
      }
    `;
  }

  /** A session of a run, one that another has started in the background, and a fork say so. */
  private origin({ runId, node, parentId, forkedFrom }: Session): TemplateResult | typeof nothing {
    if (forkedFrom !== null)
      return html`<span class="origin">fork of ${sessionLink(forkedFrom, `session ${forkedFrom}`, 'To the session it began as')}</span>`;
    if (parentId !== null) {
      return html`<span class="origin">background agent of ${sessionLink(parentId, `session ${parentId}`, 'To the session that started it')}</span>`;
    }
    if (runId === null) return nothing;
    const place = node === null ? null : placeOfNode(node);
    const where = place ? ` · ${stepName(place.step)}${place.index === null ? '' : `, item ${place.index}`}` : '';
    return html`<span class="origin">of ${runLink(runId, `run ${runId}${where}`, place, 'To the run')}</span>`;
  }

  /** What the crashes that the session survived did not cost. */
  private saved(): TemplateResult | typeof nothing {
    return survivedWords(this.conversation?.beside.turns?.totals);
  }

  private usage(): TemplateResult | typeof nothing {
    const usage = this.conversation?.view?.usage;
    if (!usage || usage.requests === 0) return nothing;
    const cached = usage.input > 0 ? Math.round((usage.cacheRead / usage.input) * 100) : 0;
    const all = [
      `${count(usage.requests)} requests`,
      `${count(usage.input)} tokens in, of them ${count(usage.cacheRead)} from the cache`,
      `${count(usage.output)} tokens out, of them ${count(usage.reasoning)} reasoning`,
    ].join('\n');
    return html`<div class="usage numbers" title=${all}>
      ${tokens(usage.input)} in${cached > 0 ? ` (${cached}% cached)` : ''} · ${tokens(usage.output)} out${usage.cost ? ` · ${dollars(usage.cost)}` : ''}
    </div>`;
  }

  /** Not while it works: what works belongs into the list. */
  private archive({ id, archivedAt, status }: Session): TemplateResult | typeof nothing {
    if (status !== 'idle' && archivedAt === null) return nothing;
    const archived = archivedAt === null;
    const words = archived ? 'Archive' : 'Unarchive';
    return html`<button
      class="quiet icon rename"
      title=${words}
      aria-label=${archived ? 'Archive the session' : words}
      aria-pressed=${!archived}
      @click=${() => request(this, 'archive-session', { id, archived })}
    >
      ${icon('archive')}
    </button>`;
  }

  private renameForm(title: string) {
    return html`<form @submit=${this.rename} @keydown=${this.leaveOnEscape}>
      <input name="title" type="text" maxlength="200" aria-label="Title of the session" .defaultValue=${title} @blur=${this.stopRenaming} />
    </form>`;
  }

  private async startRenaming(): Promise<void> {
    this.renaming = true;
    await this.updateComplete;
    const input = this.renderRoot.querySelector('input');
    input?.focus();
    input?.select();
  }

  private rename(event: SubmitEvent): void {
    event.preventDefault();
    const session = this.conversation?.session;
    const title = this.renderRoot.querySelector('input')?.value.trim() ?? '';
    if (session && title !== '' && title !== session.title) request(this, 'rename-session', { id: session.id, title });
    this.stopRenaming();
  }

  private leaveOnEscape(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === 'Escape') this.stopRenaming();
  }

  private stopRenaming(): void {
    this.renaming = false;
  }
}

customElements.define('ev-session-header', SessionHeader);
