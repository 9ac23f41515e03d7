import { css, html, nothing } from 'lit';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { shared } from '../parts/shared.styles.ts';
import type { AttachItem } from './model/attach-item.ts';

const words = { uploading: 'Uploading…', ready: 'Attached', failed: 'Not attached' } as const;

const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') === true;

type AttachTrayProps = {
  items: readonly AttachItem[];
  closed: boolean;
  dropping: boolean;
};

/** What goes with the next message. Files come by dropping them anywhere, by pasting, or from the picker. */
class AttachTray extends element<AttachTrayProps>({ items: [], closed: false, dropping: false }, 'dropping') {
  static override styles = [
    shared,
    css`
      :host {
        display: contents;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        margin: 0;
        padding: var(--space-2);
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: var(--space-2);
        max-width: 100%;
        padding: var(--space-1) var(--space-1) var(--space-1) var(--space-2);
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        font-size: var(--text-s);
      }
      li.failed {
        border-color: var(--danger-line);
      }
      img {
        width: 2.5rem;
        height: 2.5rem;
        border-radius: var(--radius-s);
        object-fit: cover;
      }
      .name {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        max-width: 16rem;
      }
      .state {
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .failed .state {
        max-width: 34rem;
        color: var(--danger);
        overflow-wrap: anywhere;
      }
      button.remove {
        min-height: 1.75rem;
        padding: 0 var(--space-1);
        border: 0;
        background: none;
        color: var(--muted);
      }
      .zone {
        position: fixed;
        inset: 0;
        z-index: 20;
        display: grid;
        place-items: center;
        border: 2px dashed var(--accent);
        background: color-mix(in srgb, var(--surface) 85%, transparent);
        font-weight: 600;
        pointer-events: none;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    for (const [name, act] of this.acts) document.addEventListener(name, act);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const [name, act] of this.acts) document.removeEventListener(name, act);
  }

  private readonly over = (event: Event): void => {
    if (!(event instanceof DragEvent) || !hasFiles(event)) return;
    // Without this the browser would leave the page and show the file.
    event.preventDefault();
    this.dropping = !this.closed;
  };

  private readonly leave = (event: Event): void => {
    if (event instanceof DragEvent && event.relatedTarget === null) this.dropping = false;
  };

  private readonly drop = (event: Event): void => {
    if (!(event instanceof DragEvent) || !hasFiles(event)) return;
    event.preventDefault();
    this.dropping = false;
    this.take([...(event.dataTransfer?.files ?? [])]);
  };

  private readonly paste = (event: Event): void => {
    if (!(event instanceof ClipboardEvent)) return;
    const files = [...(event.clipboardData?.files ?? [])];
    // Programs put a picture of their text beside it: the text is what was meant.
    if (files.length === 0 || event.clipboardData?.getData('text/plain')) return;
    event.preventDefault();
    this.take(files);
  };

  private readonly acts = [
    ['dragover', this.over],
    ['dragleave', this.leave],
    ['drop', this.drop],
    ['paste', this.paste],
  ] as const;

  private take(files: readonly File[]): void {
    if (!this.closed && files.length > 0) request(this, 'attach-files', { files });
  }

  /** Lets the person choose files. */
  pick(): void {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.addEventListener('change', () => this.take([...(input.files ?? [])]));
    input.click();
  }

  override render() {
    return html`${this.dropping ? html`<div class="zone" role="status">Drop to attach: images, PDFs, text</div>` : nothing}
      ${this.items.length === 0 ? nothing : html`<ul aria-label="Attachments">${this.items.map((item) => this.item(item))}</ul>`}`;
  }

  private item({ key, name, status, preview, error }: AttachItem) {
    return html`<li class=${status}>
      ${preview && status !== 'failed' ? html`<img src=${preview} alt="" />` : icon(status === 'failed' ? 'warning' : 'layers', 16)}
      <span>
        <span class="name" title=${name}>${name}</span>
        <span class="state" role=${status === 'failed' ? 'alert' : 'status'}>${error ?? words[status]}</span>
      </span>
      <button class="remove" aria-label="Remove ${name}" title="Remove" @click=${() => request(this, 'remove-attachment', { key })}>
        ${icon('cross', 14)}
      </button>
    </li>`;
  }
}

customElements.define('ev-attach-tray', AttachTray);

declare global {
  // biome-ignore lint/style/useConsistentTypeDefinitions: only an interface is merged.
  interface HTMLElementTagNameMap {
    'ev-attach-tray': AttachTray;
  }
}
