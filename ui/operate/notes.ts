import { css, html, nothing, type TemplateResult } from 'lit';
import type { Note, NoteList } from '../../contracts/memory.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { pageStyles } from '../parts/page.styles.ts';
import { shared } from '../parts/shared.styles.ts';
import '../parts/time.ts';

type NotesProps = {
  list: NoteList | null;
  locked: string | null;
  /** The note that is open, and whether it is being edited or about to be deleted. */
  open: string | null;
  doing: 'reading' | 'editing' | 'deleting';
};

const keyOf = ({ place, id }: Note): string => `${place}/${id}`;
const maxContentLength = 90_000;

/** The notes that agents keep from session to session: read, edit, delete. */
class Notes extends element<NotesProps>({ list: null, locked: null, open: null, doing: 'reading' }, 'open', 'doing') {
  static override styles = [
    shared,
    pageStyles,
    css`
      :host {
        overflow: visible;
        container-type: normal;
      }
      .note {
        border-bottom: 1px solid var(--line);
      }
      .title {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto auto;
        justify-content: start;
        gap: var(--space-3);
        width: 100%;
        min-height: 1.75rem;
        padding: 0;
        border: 0;
        background: none;
        font-weight: 500;
        text-align: left;
      }
      .title span:first-child {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .title small {
        color: var(--muted);
        font-size: var(--text-xs);
        font-weight: 400;
      }
      .content {
        max-height: 24rem;
        margin: 0 0 var(--space-2);
        padding: var(--space-3);
        overflow: auto;
        border-radius: var(--radius-s);
        background: var(--sunken);
        font-size: var(--text-s);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      form,
      .acts {
        display: grid;
        gap: var(--space-2);
        padding-bottom: var(--space-3);
      }
      .acts {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
      }
      label span {
        display: block;
        margin-bottom: var(--space-1);
        font-size: var(--text-s);
        font-weight: 550;
      }
      textarea {
        display: block;
        field-sizing: content;
        min-height: 6rem;
        max-height: 60vh;
        resize: vertical;
      }
    `,
  ];

  override render(): TemplateResult | typeof nothing {
    const { list } = this;
    if (!list) return nothing;
    return html`<p class="lead">What agents remember across sessions. Files of this project: <code>${visible(list.folders.project)}</code>; of all your projects: <code>${visible(list.folders.personal)}</code></p>
      ${list.notes.length === 0 ? html`<p class="empty">No notes yet. Agents with the tool <code>save_memory</code> keep them.</p>` : list.notes.map((note) => this.note(note))}`;
  }

  private note(note: Note): TemplateResult {
    const isOpen = this.open === keyOf(note);
    return html`<div class="note">
      <button class="title" aria-expanded=${isOpen} @click=${() => this.toggle(note)}>
        <span>${visible(note.title)}</span><small>${note.place} · ${note.topic}${note.tags.length > 0 ? ` · ${note.tags.join(', ')}` : ''}</small><small><ev-time at=${note.updated}></ev-time></small>
      </button>
      ${isOpen ? this.body(note) : nothing}
    </div>`;
  }

  private body(note: Note): TemplateResult {
    if (this.doing === 'editing') return this.form(note);
    const act = (doing: NotesProps['doing']) => (): void => {
      this.doing = doing;
    };
    return html`<div class="content">${visible(note.content)}</div>
      <div class="acts">
        ${
          this.doing === 'deleting'
            ? html`<span>Delete this note? Agents forget it.</span>
                <button class="danger" @click=${() => request(this, 'remove-note', { place: note.place, id: note.id })}>Delete</button>
                <button class="quiet" @click=${act('reading')}>Keep</button>`
            : html`<button ?disabled=${this.locked !== null} title=${this.locked ?? nothing} @click=${act('editing')}>${icon('pencil', 14)}Edit</button>
                <button ?disabled=${this.locked !== null} title=${this.locked ?? nothing} @click=${act('deleting')}>${icon('trash', 14)}Delete</button>`
        }
      </div>`;
  }

  private form({ place, id, title, tags, content }: Note): TemplateResult {
    return html`<form @submit=${(event: SubmitEvent) => this.save(event, { place, id })}>
      <label><span>Title</span><input type="text" name="title" required maxlength="120" .defaultValue=${title} /></label>
      <label><span>Tags, separated by spaces</span><input type="text" name="tags" .defaultValue=${tags.join(' ')} /></label>
      <label><span>Text</span><textarea class="mono" name="content" maxlength=${maxContentLength} .defaultValue=${content}></textarea></label>
      <div class="acts">
        <button class="primary">Save</button>
        <button type="button" class="quiet" @click=${() => this.stop()}>Cancel</button>
      </div>
    </form>`;
  }

  private stop(): void {
    this.doing = 'reading';
  }

  private save(event: SubmitEvent, note: Pick<Note, 'place' | 'id'>): void {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const form = new FormData(event.target);
    const text = (name: string): string => String(form.get(name) ?? '').trim();
    const tags = text('tags')
      .split(/[\s,]+/)
      .filter(Boolean);
    request(this, 'change-note', { ...note, title: text('title'), tags, content: text('content') });
    this.doing = 'reading';
  }

  private toggle(note: Note): void {
    this.open = this.open === keyOf(note) ? null : keyOf(note);
    this.doing = 'reading';
  }
}

customElements.define('ev-notes', Notes);
