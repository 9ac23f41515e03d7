import { css, html, nothing, type PropertyValues } from 'lit';
import type { SentMessagePart, SentRequest } from '../../contracts/sent-request.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { count, plural } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import type { RequestState } from './model/beside.ts';
import { toggled } from './model/toggled.ts';
import { bodyOf, messagePreview, messageText } from './model/wire-message.ts';
import '../parts/copy.ts';
import '../parts/long-text.ts';

const shownAtOnce = 40;

type SentRequestProps = {
  turn: number;
  step: number;
  attempt: number | null;
  state: RequestState | undefined;
  view: 'messages' | 'raw' | 'reply';
  opened: ReadonlySet<number>;
  /** Messages that are listed, the newest first. */
  shown: number;
};

/** A model request as the model saw it, and what it answered. */
class SentRequestView extends element<SentRequestProps>(
  { turn: 0, step: 0, attempt: null, state: undefined, view: 'messages', opened: new Set(), shown: shownAtOnce },
  'view',
  'opened',
  'shown',
) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .proof {
        display: flex;
        gap: var(--space-2);
        margin: 0 0 var(--space-3);
        font-size: var(--text-xs);
      }
      .proof svg {
        margin-top: 2px;
      }
      .proof.proven {
        color: var(--state-completed);
      }
      .proof.open {
        color: var(--state-waiting);
      }
      .proof code {
        color: var(--muted);
      }
      .views {
        display: flex;
        gap: 2px;
        margin-bottom: var(--space-2);
      }
      .views button {
        min-height: 1.625rem;
        border-color: transparent;
        background: none;
        color: var(--muted);
      }
      .views button[aria-pressed='true'] {
        background: var(--active);
        color: var(--fg);
      }
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
        border-top: 1px solid var(--line);
      }
      li {
        border-bottom: 1px solid var(--line);
      }
      li.broken {
        border-top: 2px solid var(--state-waiting);
      }
      li.broken.fault {
        border-top-color: var(--state-failed);
      }
      .head {
        display: grid;
        grid-template-columns: 4.5rem minmax(0, 1fr) auto;
        gap: var(--space-2);
        width: 100%;
        min-height: 1.75rem;
        padding: 0;
        border: 0;
        border-radius: 0;
        background: none;
        font-weight: 400;
        text-align: left;
      }
      .role {
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .preview {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .size {
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .differs {
        color: var(--state-waiting);
      }
      .break {
        margin: 0;
        padding: var(--space-1) 0;
        color: var(--state-waiting);
        font-size: var(--text-xs);
      }
      .fault .break {
        color: var(--state-failed);
      }
      ev-long-text {
        margin-bottom: var(--space-2);
      }
      .note {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-xs);
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('turn') || changed.has('step') || changed.has('attempt')) {
      this.opened = new Set();
      this.shown = shownAtOnce;
    }
  }

  override updated(): void {
    const { turn, step, attempt } = this;
    if (turn > 0 && this.state === undefined) request(this, 'load-request', { turn, step, attempt });
  }

  override render() {
    const { state } = this;
    if (!state || state.status === 'loading') return html`<p class="note" role="status">Loading the request…</p>`;
    if (state.status === 'failed') return html`<p class="note" role="alert">${state.message}</p>`;
    const sent = state.request;
    return html`${this.proof(sent)}
      <div class="views" role="group" aria-label="Parts of the request">
        ${this.choice('messages', `Messages (${count(sent.messages.length)})`)}${this.choice('raw', 'Raw JSON')}${this.choice('reply', 'Reply')}
      </div>
      ${this.view === 'messages' ? this.messages(sent) : this.view === 'raw' ? this.raw(sent) : this.reply(sent)}`;
  }

  private choice(view: SentRequestProps['view'], words: string) {
    return html`<button
      aria-pressed=${this.view === view}
      @click=${() => {
        this.view = view;
      }}
    >
      ${words}
    </button>`;
  }

  private proof({ isProven, reason, hash }: SentRequest) {
    return isProven
      ? html`<p class="proof proven">${icon('check', 12)}<span>Rebuilt from the transcript. Its hash is the one recorded when it was sent: <code>${hash.slice(0, 12)}</code></span></p>`
      : html`<p class="proof open">${icon('warning', 12)}<span>Rebuilt from the transcript, but not proven. ${reason}</span></p>`;
  }

  private messages({ messages, system, break: broken, head }: SentRequest) {
    const from = Math.max(0, messages.length - this.shown);
    const at = broken?.message === null || broken === null ? -1 : system + broken.message;
    const rows = messages.slice(from).map((message, index) => ({ message, number: from + index }));
    return html`<ol>
      ${head ? html`<li><button class="head" aria-expanded=${this.opened.has(-1)} @click=${() => this.toggle(-1)}><span class="role">fields, tools</span><span class="preview mono">${visible(head.slice(0, 200))}</span><span class="size numbers">${count(head.length)}</span></button>${this.opened.has(-1) ? html`<ev-long-text .text=${bodyOf(head, [])} label="Fields and tools"></ev-long-text>` : nothing}</li>` : nothing}
      ${from > 0 ? html`<li><button class="link" @click=${this.showMore}>Show ${plural(Math.min(from, shownAtOnce), 'earlier message')}</button></li>` : nothing}
      ${rows.map(({ message, number }) => this.message(message, number, number === at ? broken : null))}
    </ol>`;
  }

  private message({ role, text, isProven }: SentMessagePart, number: number, broken: SentRequest['break']) {
    const isShown = this.opened.has(number);
    return html`<li class=${broken ? `broken ${broken.declared ? '' : 'fault'}` : ''}>
      ${broken ? html`<p class="break">${broken.declared ? 'Prefix broken here' : 'Undeclared break of the prefix'}: ${broken.reason} · ${count(broken.reread)} tokens read again</p>` : nothing}
      <button class="head" aria-expanded=${isShown} @click=${() => this.toggle(number)}>
        <span class="role">${role}</span>
        <span class="preview">${visible(messagePreview(text))}</span>
        <span class="size numbers">${isProven === false ? html`<span class="differs" title="Not what was sent">${icon('warning', 12)}</span> ` : nothing}${count(text.length)}</span>
      </button>
      ${isShown ? html`<ev-long-text .text=${messageText(text)} label="Message ${number + 1}"></ev-long-text>` : nothing}
    </li>`;
  }

  private raw({ head, messages }: SentRequest) {
    const texts = messages.map(({ text }) => text);
    const body = head === null ? `[${texts.join(',')}]` : `${head}${texts.join(',')}]}`;
    return html`<ev-long-text .text=${head === null ? `[\n${texts.join(',\n')}\n]` : bodyOf(head, texts)} label=${`${count(body.length)} characters, indented here`}></ev-long-text>
      <p class="note">Copy the exact bytes <ev-copy .text=${body} label="Copy the exact body"></ev-copy> Images are named by their hash.</p>`;
  }

  private reply({ reply }: SentRequest) {
    if (reply.length === 0) return html`<p class="note">This attempt has no recorded reply.</p>`;
    return html`<ev-long-text .text=${JSON.stringify(
      reply.map(({ body }) => body),
      null,
      2,
    )} label="Reply as recorded"></ev-long-text>`;
  }

  private toggle(number: number): void {
    this.opened = toggled(this.opened, number);
  }

  private showMore(): void {
    this.shown += shownAtOnce;
  }
}

customElements.define('ev-sent-request', SentRequestView);
