import { css, html, nothing } from 'lit';
import type { Decision } from '../../contracts/approvals.ts';
import type { FileChange, StagedChanges } from '../../contracts/file-changes.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { plural } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import '../parts/time.ts';
import '../parts/unified-diff.ts';

type StagedCardProps = {
  staged: StagedChanges | null;
  answering: Decision | null;
  /** Why nothing may be decided. */
  locked: string | null;
  failure: string | null;
  /** Null until they are asked for. */
  changes: readonly FileChange[] | null;
  open: boolean;
};

/** The staged changes of one session, which are applied or rejected together. */
class StagedCard extends element<StagedCardProps>(
  { staged: null, answering: null, locked: null, failure: null, changes: null, open: false },
  'changes',
  'open',
) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      section {
        padding: var(--space-3) var(--space-4) var(--space-4);
        border: 1px solid var(--warn-line);
        border-radius: var(--radius-m);
        background: var(--surface);
      }
      header {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        margin-bottom: var(--space-2);
        color: var(--warn);
        font-size: var(--text-s);
        font-weight: 600;
      }
      header .end {
        display: flex;
        gap: var(--space-3);
        margin-left: auto;
        color: var(--muted);
        font-weight: 400;
      }
      .added {
        color: var(--ok);
      }
      .removed,
      .failure {
        color: var(--danger);
      }
      .paths {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-s);
        overflow-wrap: anywhere;
      }
      ev-unified + ev-unified {
        margin-top: var(--space-3);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        margin-top: var(--space-3);
      }
      .actions .link {
        margin-left: auto;
      }
      .failure,
      .locked {
        margin: var(--space-3) 0 0;
        font-size: var(--text-s);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .locked {
        color: var(--muted);
      }
    `,
  ];

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('staged') as StagedChanges | null | undefined;
    if (before && before.ids.join() !== this.staged?.ids.join()) this.changes = null;
    if (this.open && this.changes === null && (changed.has('open') || changed.has('staged'))) this.load();
  }

  override render() {
    const { staged, open } = this;
    if (!staged) return nothing;
    const { ids, paths, added, removed, since } = staged;
    const busy = this.answering !== null || this.locked !== null;
    const all = ids.length === 1 ? '' : ` all ${ids.length}`;
    return html`<section aria-label="Staged changes of ${visible(staged.title)}">
      <header>
        ${icon('warning')}<span>${plural(ids.length, 'file change')} ${ids.length === 1 ? 'is' : 'are'} ready to apply</span>
        <span class="end numbers"><span><span class="added">+${added}</span> <span class="removed">−${removed}</span></span><ev-time at=${since}></ev-time></span>
      </header>
      ${open ? this.differences(ids) : html`<p class="paths mono">${[...new Set(paths)].map(visible).join(', ')}${ids.length > paths.length ? ', …' : ''}</p>`}
      <div class="actions">
        <button class="primary" ?disabled=${busy} @click=${() => this.decide('approve')}>${icon('check')}${this.answering === 'approve' ? 'Applying…' : `Apply${all}`}</button>
        <button class="danger" ?disabled=${busy} @click=${() => this.decide('reject')}>${icon('cross')}${this.answering === 'deny' ? 'Rejecting…' : `Reject${all}`}</button>
        <button class="link" aria-expanded=${open} @click=${this.toggle}>${open ? 'Hide changes' : 'Show changes'}</button>
      </div>
      ${this.locked ? html`<p class="locked">${visible(this.locked)}</p>` : nothing}
      ${this.failure ? html`<p class="failure" role="alert">${visible(this.failure)}</p>` : nothing}
    </section>`;
  }

  private differences(ids: readonly string[]) {
    if (!this.changes) return html`<p class="paths" role="status">Loading changes…</p>`;
    return this.changes
      .filter(({ id }) => ids.includes(id))
      .map(({ diff }) => html`<ev-unified .diff=${diff}></ev-unified>`);
  }

  private load(): void {
    const { staged } = this;
    if (!staged) return;
    request(this, 'load-staged', {
      sessionId: staged.sessionId,
      show: (changes) => {
        this.changes = changes;
      },
    });
  }

  private decide(decision: 'approve' | 'reject'): void {
    if (this.staged) request(this, 'decide-staged', { staged: this.staged, decision });
  }

  toggle(): void {
    this.open = !this.open;
  }
}

customElements.define('ev-staged', StagedCard);
