import { html, type PropertyValues } from 'lit';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from './element.ts';
import { prose } from './markdown.styles.ts';
import { whyPlain } from './model/formattable.ts';
import { healFences, renderMarkdown } from './model/markdown.ts';
import { shared } from './shared.styles.ts';
import './long-text.ts';

/** Above this, formatting costs more than it gives: the text is shown as it is. */
const formattedUpTo = 200_000;
/** A growing text is formatted again after at least this many times what the last time took. */
const restFactor = 4;

/** Puts a bar with a language and a copy button above each code block. */
const frameCode = (fragment: DocumentFragment): void => {
  for (const pre of fragment.querySelectorAll('pre')) {
    const language = /language-([\w+#.-]+)/.exec(pre.querySelector('code')?.className ?? '')?.[1] ?? '';
    const frame = document.createElement('div');
    frame.className = 'code';
    const bar = document.createElement('div');
    bar.className = 'bar';
    const name = document.createElement('span');
    name.textContent = language;
    const copy = document.createElement('button');
    copy.type = 'button';
    copy.className = 'quiet';
    copy.textContent = 'Copy';
    copy.dataset.copy = '';
    bar.append(name, copy);
    pre.tabIndex = 0;
    pre.replaceWith(frame);
    frame.append(bar, pre);
  }
  for (const table of fragment.querySelectorAll('table')) {
    const frame = document.createElement('div');
    frame.className = 'table';
    frame.tabIndex = 0;
    table.replaceWith(frame);
    frame.append(table);
  }
};

/** In what is shown, not in the source: there an entity stands for any character. */
const showHidden = (fragment: DocumentFragment): void => {
  const texts = document.createTreeWalker(fragment, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.nodeValue = visible(texts.currentNode.nodeValue ?? '');
};

/** Replaces only the blocks that differ, so that selections in finished ones live through streaming. */
const patch = (target: Element, fragment: DocumentFragment): void => {
  const next = [...fragment.childNodes];
  const before = [...target.childNodes];
  next.forEach((node, at) => {
    const old = before[at];
    if (!old) target.append(node);
    else if (!old.isEqualNode(node)) old.replaceWith(node);
  });
  for (const old of before.slice(next.length)) old.remove();
};

type MarkdownTextProps = {
  text: string;
  streaming: boolean;
  /** A person decides by the text: hidden characters are written out. */
  exact: boolean;
};

class MarkdownText extends element<MarkdownTextProps>({ text: '', streaming: false, exact: false }) {
  private shown = '';
  private cost = 0;
  private renderedAt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [shared, prose];

  override render() {
    const reason =
      this.text.length > formattedUpTo
        ? `more than ${formattedUpTo.toLocaleString('en')} characters`
        : whyPlain(this.text);
    if (reason !== null)
      return html`<ev-long-text .text=${this.exact ? visible(this.text) : this.text} label="Plain text: not formatted because of ${reason}"></ev-long-text>`;
    return html`<div class="prose" @click=${this.clicked}></div>`;
  }

  override updated(_: PropertyValues<this>): void {
    const rest = this.cost * restFactor - (performance.now() - this.renderedAt);
    if (!this.streaming || rest <= 0) this.format();
    else this.timer ??= setTimeout(() => this.format(), rest);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private format(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const target = this.renderRoot.querySelector('.prose');
    const source = this.streaming ? healFences(this.text) : this.text;
    if (!target || (source === this.shown && target.hasChildNodes())) return;
    const begin = performance.now();
    const fragment = renderMarkdown(source);
    if (this.exact) showHidden(fragment);
    frameCode(fragment);
    patch(target, fragment);
    this.shown = source;
    this.renderedAt = performance.now();
    this.cost = this.renderedAt - begin;
  }

  private async clicked(event: Event): Promise<void> {
    const button = event.composedPath().find((node) => node instanceof HTMLButtonElement && 'copy' in node.dataset);
    if (!(button instanceof HTMLButtonElement)) return;
    const code = button.closest('.code')?.querySelector('pre')?.textContent ?? '';
    try {
      await navigator.clipboard.writeText(code);
      button.textContent = 'Copied';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, 1500);
    } catch {
      request(this, 'notify', { text: 'Cannot copy: the browser does not allow this page to use the clipboard' });
    }
  }
}

customElements.define('ev-markdown', MarkdownText);
