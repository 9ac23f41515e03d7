import { css, html, nothing, type PropertyValues } from 'lit';
import type { KeptFile, KeptImage } from '../../contracts/attachments.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { bytes } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';

export type Attached = KeptImage | Omit<KeptFile, 'text'>;

const isImage = (attached: Attached): attached is KeptImage => 'width' in attached;

type AttachedViewProps = {
  items: readonly Attached[];
  /** By id: an address, or null where the bytes are gone. */
  thumbs: Record<string, string | null>;
  /** The image that is shown large. */
  large: KeptImage | null;
  address: string | null;
};

/** Images as thumbnails, each of which opens large; files as names, each of which is saved. */
class AttachedView extends element<AttachedViewProps>(
  { items: [], thumbs: {}, large: null, address: null },
  'thumbs',
  'large',
  'address',
) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
        margin: var(--space-2) 0 0;
        padding: 0;
        list-style: none;
      }
      :host([end]) ul {
        justify-content: flex-end;
      }
      .thumb {
        height: auto;
        padding: 0;
        overflow: hidden;
        border-radius: var(--radius-m);
      }
      .thumb img {
        display: block;
        max-width: 12rem;
        max-height: 9rem;
      }
      .gone {
        padding: var(--space-3);
        color: var(--muted);
        font-size: var(--text-s);
      }
      .file span {
        max-width: 18rem;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .facts {
        color: var(--muted);
        font-weight: 400;
      }
      dialog {
        max-width: 96vw;
        max-height: 96vh;
        padding: 0;
        border: 1px solid var(--line);
        border-radius: var(--radius-l);
        background: var(--surface);
        color: inherit;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 70%);
      }
      dialog img {
        display: block;
        max-width: 94vw;
        max-height: 84vh;
        margin: 0 auto;
        object-fit: contain;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-3);
        padding: var(--space-2) var(--space-3);
        font-size: var(--text-s);
      }
      .bar .name {
        overflow-wrap: anywhere;
      }
      .bar .actions {
        display: flex;
        gap: var(--space-2);
        margin-left: auto;
      }
      .wait {
        padding: var(--space-5);
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('items')) return;
    for (const { attachmentId: id } of this.items.filter(isImage))
      if (!(id in this.thumbs))
        request(this, 'read-attachment', {
          id,
          size: 'thumb',
          show: (address) => {
            this.thumbs = { ...this.thumbs, [id]: address };
          },
        });
  }

  override updated(changed: PropertyValues): void {
    if (changed.has('large') && this.large) this.renderRoot.querySelector('dialog')?.showModal();
  }

  override render() {
    if (this.items.length === 0) return nothing;
    return html`<ul>${this.items.map((item) => html`<li>${isImage(item) ? this.image(item) : this.file(item)}</li>`)}</ul>
      ${this.large ? this.lightbox(this.large) : nothing}`;
  }

  private image(image: KeptImage) {
    const address = this.thumbs[image.attachmentId];
    if (address === null) return html`<span class="gone">${image.name} is not there any more</span>`;
    return html`<button class="thumb" aria-label="Show ${image.name} large" title=${image.name} @click=${() => this.show(image)}>
      ${address ? html`<img src=${address} alt=${image.name} />` : html`<span class="gone">${image.name}</span>`}
    </button>`;
  }

  private file(file: Omit<KeptFile, 'text'>) {
    const facts = [...(file.pages === null ? [] : [`${file.pages} pages`]), bytes(file.bytes)].join(', ');
    return html`<button class="file" title="Save ${file.name}" @click=${() => this.save(file)}>
      ${icon('down', 14)}<span>${file.name}</span><span class="facts">${facts}</span>
    </button>`;
  }

  private lightbox(image: KeptImage) {
    const { name, width, height, mediaType } = image;
    return html`<dialog aria-label=${name} @close=${this.closed} @click=${this.clicked} @keydown=${this.pressed}>
      ${this.address ? html`<img src=${this.address} alt=${name} />` : html`<p class="wait" role="status">Loading…</p>`}
      <div class="bar">
        <span class="name">${name}</span>
        <span class="facts">${width} × ${height} · ${mediaType} · ${bytes(image.bytes)}</span>
        <span class="actions">
          <button @click=${() => this.save(image)}>${icon('down', 14)}Save</button>
          <button class="primary" @click=${this.close}>Close</button>
        </span>
      </div>
    </dialog>`;
  }

  private show(image: KeptImage): void {
    this.address = null;
    this.large = image;
    request(this, 'read-attachment', {
      id: image.attachmentId,
      size: 'whole',
      show: (address) => {
        if (this.large === image) this.address = address;
      },
    });
  }

  private save({ attachmentId: id, name }: Attached): void {
    request(this, 'read-attachment', {
      id,
      size: 'whole',
      show: (address) => {
        if (address === null) return request(this, 'notify', { text: `${name} is not there any more` });
        const link = document.createElement('a');
        link.href = address;
        link.download = name;
        link.click();
      },
    });
  }

  private readonly close = (): void => this.renderRoot.querySelector('dialog')?.close();
  private readonly closed = (): void => {
    this.large = null;
  };
  /** Escape closes it, and is no shortcut of what lies behind. */
  private readonly pressed = (event: Event): void => event.stopPropagation();
  /** Beside the image. */
  private readonly clicked = (event: Event): void => {
    if (event.target instanceof HTMLDialogElement) this.close();
  };
}

customElements.define('ev-attached', AttachedView);
