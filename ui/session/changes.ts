import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { ChangeMode, ChangeState, FileChange } from '../../contracts/file-changes.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { type IconName, icon } from '../parts/icons.ts';
import { plural } from '../parts/model/format.ts';
import { parseUnified } from '../parts/model/unified.ts';
import { shared } from '../parts/shared.styles.ts';
import type { ChangeList } from './model/beside.ts';
import { toggled } from './model/toggled.ts';
import '../parts/diff.ts';
import '../parts/unified-diff.ts';

const modes: Record<ChangeMode, string> = {
  ask: 'Each change waits for approval unless the session may write.',
  auto: 'Changes are applied at once and can be undone.',
  stage: 'Changes wait until somebody applies them.',
};

const states: Record<ChangeState, { words: string; sign: IconName; tone: string }> = {
  pending: { words: 'waiting', sign: 'clock', tone: 'waiting' },
  applying: { words: 'being applied', sign: 'play', tone: 'running' },
  applied: { words: 'applied', sign: 'check', tone: 'completed' },
  rejected: { words: 'rejected', sign: 'cross', tone: 'skipped' },
  conflict: { words: 'conflict', sign: 'warning', tone: 'failed' },
  failed: { words: 'failed', sign: 'cross', tone: 'failed' },
  undone: { words: 'undone', sign: 'reuse', tone: 'skipped' },
  withdrawn: { words: 'withdrawn', sign: 'minus', tone: 'skipped' },
};

const isOpen = ({ state }: FileChange): boolean => state === 'pending' || state === 'conflict';
const isApplied = ({ state }: FileChange): boolean => state === 'applied';

const sizes = (added: number, removed: number) =>
  html`${added > 0 || removed === 0 ? html`<span class="added">+${added}</span>` : nothing}${removed > 0 ? html` <span class="removed">−${removed}</span>` : nothing}`;

type ChangesProps = {
  list: ChangeList | null;
  locked: string | null;
  /** Of this turn alone; 0: of the session. */
  turn: number;
  opened: ReadonlySet<string>;
  /** Hunks that are not chosen, as `<id>/<hunk>`. */
  left: ReadonlySet<string>;
};

/** What the agent changed or wants to change: approved and rejected, whole or by hunk, and undone. */
class Changes extends element<ChangesProps>(
  { list: null, locked: null, turn: 0, opened: new Set(), left: new Set() },
  'opened',
  'left',
) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        font-size: var(--text-s);
      }
      .bar,
      .turn {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-3) var(--space-4);
      }
      .bar .words {
        flex: 1 1 10rem;
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .turn {
        padding-block: var(--space-2);
        border-top: 1px solid var(--line);
        color: var(--muted);
      }
      .turn h2 {
        flex: 1;
        margin: 0;
        font-size: var(--text-xs);
        font-weight: 500;
      }
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .head {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto auto;
        gap: var(--space-2);
        width: 100%;
        min-height: 1.875rem;
        padding: 0 var(--space-4);
        border: 0;
        border-radius: 0;
        background: none;
        font-weight: 400;
        text-align: left;
      }
      .head:focus-visible {
        outline-offset: -2px;
      }
      .chevron {
        display: flex;
        color: var(--muted);
        transition: transform 120ms;
      }
      [aria-expanded='true'] .chevron {
        transform: rotate(90deg);
      }
      .path {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        direction: rtl;
        text-align: left;
      }
      .added {
        color: var(--ok);
      }
      .removed {
        color: var(--danger);
      }
      .state {
        display: inline-flex;
        align-items: center;
        gap: var(--space-1);
        font-size: var(--text-xs);
      }
      .waiting {
        color: var(--state-waiting);
      }
      .running {
        color: var(--state-running);
      }
      .completed {
        color: var(--state-completed);
      }
      .failed {
        color: var(--state-failed);
      }
      .skipped {
        color: var(--state-skipped);
      }
      .body {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
        padding: 0 var(--space-4) var(--space-4);
      }
      .hunk {
        display: flex;
        gap: var(--space-2);
        align-items: center;
        padding-bottom: var(--space-1);
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .reason {
        margin: 0;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
      .failure {
        margin: 0;
        padding: 0 var(--space-4) var(--space-3);
        color: var(--danger);
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .empty {
        margin: 0;
        padding: 0 var(--space-4) var(--space-4);
        color: var(--muted);
      }
    `,
  ];

  override render() {
    const { list, turn } = this;
    if (!list) return html`<p class="empty" role="status">Loading changes…</p>`;
    const changes = turn === 0 ? list.changes : list.changes.filter((one) => one.turn === turn);
    const turns = [...new Set(changes.map((one) => one.turn))].toReversed();
    return html`${this.bar(changes, list.mode)}
      ${list.failure ? html`<p class="failure" role="alert">${visible(list.failure)}</p>` : nothing}
      ${changes.length === 0 ? html`<p class="empty">No changed files yet.</p>` : nothing}
      ${turns.map((of) =>
        this.ofTurn(
          of,
          changes.filter((one) => one.turn === of),
        ),
      )}`;
  }

  private get isBusy(): boolean {
    return this.locked !== null || (this.list?.busy.length ?? 0) > 0;
  }

  private bar(changes: readonly FileChange[], mode: ChangeMode) {
    const open = changes.filter(isOpen);
    const ids = open.map(({ id }) => id);
    return html`<div class="bar">
      <span class="words">${this.turn === 0 ? modes[mode] : nothing}</span>
      ${
        open.length > 0
          ? html`<button class="primary" ?disabled=${this.isBusy} @click=${() => this.decide('approve', ids)}>${icon('check', 14)}Apply ${open.length === 1 ? 'it' : `all ${open.length}`}</button>
              <button ?disabled=${this.isBusy} @click=${() => this.decide('reject', ids)}>Reject ${open.length === 1 ? 'it' : 'all'}</button>`
          : nothing
      }
    </div>`;
  }

  private ofTurn(turn: number, changes: readonly FileChange[]) {
    const added = changes.reduce((sum, one) => sum + one.added, 0);
    const removed = changes.reduce((sum, one) => sum + one.removed, 0);
    return html`<section aria-label="Changes of turn ${turn}">
      <div class="turn">
        <h2>Turn ${turn} · ${plural(changes.length, 'change')} · <span class="numbers">${sizes(added, removed)}</span></h2>
        ${changes.some(isApplied) ? html`<button ?disabled=${this.isBusy} @click=${() => request(this, 'undo-changes', { turn })}>${icon('reuse', 14)}Undo turn</button>` : nothing}
      </div>
      <ol>
        ${repeat(
          changes,
          ({ id }) => id,
          (change) => html`<li>${this.row(change)}</li>`,
        )}
      </ol>
    </section>`;
  }

  private row(change: FileChange) {
    const { id, path, from, added, removed, state, kind } = change;
    const { words, sign, tone } = states[state];
    const isShown = this.opened.has(id);
    const name = from === null || kind !== 'rename' ? path : `${from} → ${path}`;
    return html`<button class="head" aria-expanded=${isShown} @click=${() => this.toggle(id)}>
        <span class="chevron">${icon('chevron', 12)}</span>
        <span class="path mono" title=${name}><bdi>${visible(name)}</bdi></span>
        <span class="numbers">${sizes(added, removed)}</span>
        <span class="state ${tone}">${icon(sign, 12)}${words}</span>
      </button>
      ${isShown ? this.body(change) : nothing}`;
  }

  private body(change: FileChange) {
    const { id, turn, step, call, reason, notes, diff, hunks, number } = change;
    const canChoose = isOpen(change) && hunks > 1;
    const chosen = canChoose
      ? Array.from({ length: hunks }, (_, at) => at).filter((at) => !this.left.has(`${id}/${at}`))
      : [];
    return html`<div class="body">
      ${reason ? html`<p class="reason">${visible(reason)}</p>` : nothing}
      ${notes.map((note) => html`<p class="reason">${visible(note)}</p>`)}
      ${canChoose ? this.hunks(id, diff) : html`<ev-unified .diff=${diff} bare></ev-unified>`}
      <div class="actions">
        ${
          isOpen(change)
            ? html`<button class="primary" ?disabled=${this.isBusy || (canChoose && chosen.length === 0)} @click=${() => this.approve(id, canChoose && chosen.length < hunks ? chosen : null)}>
                ${canChoose && chosen.length < hunks ? `Apply ${plural(chosen.length, 'hunk')}` : 'Apply'}
              </button>
              <button ?disabled=${this.isBusy} @click=${() => this.decide('reject', [id])}>Reject</button>`
            : nothing
        }
        ${
          isApplied(change)
            ? html`<button ?disabled=${this.isBusy} @click=${() => request(this, 'undo-changes', { turn, step, call })}>Undo this call</button>
                <button ?disabled=${this.isBusy} @click=${() => request(this, 'undo-changes', { since: id })}>Undo from here on</button>`
            : nothing
        }
        ${change.state === 'undone' ? html`<button ?disabled=${this.isBusy} @click=${() => this.decide('approve', [id])}>Apply again</button>` : nothing}
        <button class="link" title="Change ${number}" @click=${() => request(this, 'select-place', { place: { kind: 'call', turn, step, call } })}>Show the call</button>
      </div>
    </div>`;
  }

  private hunks(id: string, diff: string) {
    const all = parseUnified(diff).flatMap(({ path, hunks }) => hunks.map((hunk) => ({ ...hunk, path })));
    return all.map(
      ({ head, from, to, starts, path }, at) => html`<div>
        <label class="hunk"><input type="checkbox" .checked=${!this.left.has(`${id}/${at}`)} @change=${() => this.choose(`${id}/${at}`)} /><span class="mono">${head}</span></label>
        <ev-diff .from=${from} .to=${to} .path=${path} .starts=${starts}></ev-diff>
      </div>`,
    );
  }

  private approve(id: string, hunks: number[] | null): void {
    request(this, 'decide-changes', { decision: 'approve', changes: [id], ...(hunks ? { hunks } : {}) });
  }

  private decide(decision: 'approve' | 'reject', changes: string[]): void {
    request(this, 'decide-changes', { decision, changes });
  }

  private toggle(id: string): void {
    this.opened = toggled(this.opened, id);
  }

  private choose(key: string): void {
    this.left = toggled(this.left, key);
  }
}

customElements.define('ev-changes', Changes);
