import { css, html, nothing, type PropertyValues } from 'lit';
import type { Session } from '../../contracts/api.ts';
import type { WhenBusy } from '../../contracts/events.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { composes, sends } from '../parts/enter.ts';
import { icon } from '../parts/icons.ts';
import { count } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import type { AttachItem } from './model/attach-item.ts';
import './attach-tray.ts';
import './choices.ts';

const maxLength = 200_000;

type ComposerProps = {
  session: Session | null;
  draft: string;
  attaching: readonly AttachItem[];
  running: boolean;
  stopping: boolean;
  disabled: boolean;
  /** Why this user may send nothing. */
  locked: string | null;
};

/** Where a message is written. Enter sends (or queues), Ctrl or Cmd with Enter interrupts, Escape stops the turn. */
class Composer extends element<ComposerProps>({
  session: null,
  draft: '',
  attaching: [],
  running: false,
  stopping: false,
  disabled: false,
  locked: null,
}) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        padding: 0 var(--space-5) var(--space-4);
      }
      .box {
        container-type: inline-size;
        max-width: var(--column);
        margin: 0 auto;
        padding: var(--space-2);
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-l);
        background: var(--surface);
        box-shadow: var(--shadow);
      }
      .box:focus-within {
        border-color: var(--accent);
        box-shadow: 0 0 0 1px var(--accent);
      }
      textarea {
        display: block;
        field-sizing: content;
        min-height: 2.5rem;
        max-height: 40vh;
        padding: var(--space-2);
        border: 0;
        background: none;
        resize: none;
        line-height: 1.5;
      }
      textarea:focus-visible {
        outline: none;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        padding-left: var(--space-2);
      }
      .hint {
        flex: 1 1 12rem;
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: var(--space-2);
        margin-left: auto;
      }
      .over {
        color: var(--danger);
      }
      /* Keys are in the help too: buttons come first where there is little room. */
      @container (max-width: 46rem) {
        .hint:has(.keys) {
          display: none;
        }
      }
      @media (hover: none), (max-width: 40rem) {
        .keys {
          display: none;
        }
        :host {
          padding-inline: var(--space-3);
          padding-bottom: max(var(--space-3), env(safe-area-inset-bottom));
        }
      }
    `,
  ];

  override updated(changed: PropertyValues<this>): void {
    const area = this.area;
    if (changed.has('draft') && area && area.value !== this.draft) area.value = this.draft;
  }

  override focus(): void {
    this.area?.focus();
  }

  private get area(): HTMLTextAreaElement | null {
    return this.renderRoot.querySelector('textarea');
  }

  private get isClosed(): boolean {
    return this.disabled || this.locked !== null;
  }

  override render() {
    const over = this.draft.length - maxLength;
    const ready = this.isReady(this.draft);
    return html`<div class="box">
      <ev-attach-tray .items=${this.attaching} ?closed=${this.isClosed}></ev-attach-tray>
      <label>
        <span class="hidden-text">Message</span>
        <textarea
          rows="1"
          dir="auto"
          placeholder=${this.running ? 'Queue a message' : 'Message the agent'}
          ?disabled=${this.isClosed}
          @input=${this.typed}
          @keydown=${this.pressed}
        ></textarea>
      </label>
      <div class="row">
        <button class="quiet" ?disabled=${this.isClosed} title="Attach images, PDFs or text files" aria-label="Attach files" @click=${this.pick}>${icon('plus', 14)}</button>
        <ev-choices .session=${this.session} ?running=${this.running} ?locked=${this.isClosed}></ev-choices>
        <span class="hint ${over > 0 ? 'over' : ''}" role=${over > 0 ? 'alert' : nothing}>${this.hint(over)}</span>
        <span class="actions">${this.running ? this.whileRunning(ready) : this.whileIdle(ready)}</span>
      </div>
    </div>`;
  }

  private isReady(text: string): boolean {
    const isWhole = this.attaching.every(({ status }) => status === 'ready');
    const holds = text.trim() !== '' || this.attaching.length > 0;
    return holds && isWhole && text.length <= maxLength && !this.isClosed;
  }

  private pick(): void {
    this.renderRoot.querySelector('ev-attach-tray')?.pick();
  }

  private hint(over: number) {
    if (this.attaching.some(({ status }) => status === 'failed')) return 'Remove what was not attached, then send';
    if (this.locked) return this.locked;
    if (over > 0) return `${count(over)} characters too many; a message holds ${count(maxLength)}`;
    return this.running
      ? html`<span class="keys"><kbd>Enter</kbd> queue · <kbd>Ctrl Enter</kbd> interrupt · <kbd>Esc</kbd> stop</span>`
      : html`<span class="keys"><kbd>Enter</kbd> send · <kbd>Shift Enter</kbd> new line</span>`;
  }

  private whileIdle(ready: boolean) {
    return html`<button class="primary" ?disabled=${!ready} @click=${() => this.send('enqueue')}>${icon('send', 14)}Send</button>`;
  }

  private whileRunning(ready: boolean) {
    return html`
      <button ?disabled=${this.stopping || this.locked !== null} @click=${this.stop}>${icon('stop', 14)}${this.stopping ? 'Stopping…' : 'Stop'}</button>
      <button ?disabled=${!ready} title="Stop the running turn and send this now" @click=${() => this.send('interrupt')}>
        ${icon('bolt', 14)}Interrupt
      </button>
      <button class="primary" ?disabled=${!ready} @click=${() => this.send('enqueue')}>${icon('send', 14)}Queue</button>
    `;
  }

  private typed(event: Event): void {
    if (event.target instanceof HTMLTextAreaElement) request(this, 'edit-draft', { text: event.target.value });
  }

  private pressed(event: KeyboardEvent): void {
    // Without a turn to stop, Escape leaves the field: the keys of the page are letters.
    if (event.key === 'Escape' && !this.running && !composes(event)) this.area?.blur();
    if (!sends(event)) return;
    event.preventDefault();
    this.send(this.running && (event.ctrlKey || event.metaKey) ? 'interrupt' : 'enqueue');
  }

  private send(whenBusy: WhenBusy): void {
    const text = this.area?.value ?? '';
    if (this.isReady(text)) request(this, 'send-message', { text: text.trim() === '' ? '' : text, whenBusy });
  }

  private stop(): void {
    request(this, 'cancel-turn', null);
  }
}

customElements.define('ev-composer', Composer);
