import { html, type PropertyValues } from 'lit';
import { codeColours } from './code.styles.ts';
import { formatWhole, startTextWorker, textWork } from './effects/text-work.ts';
import { element } from './element.ts';
import { prose } from './markdown.styles.ts';
import { useMathStyles } from './math.ts';
import { whyPlain } from './model/formattable.ts';
import { emptyContext, type FormatReply, type Part, type TextBlock } from './model/text-blocks.ts';
import { shared } from './shared.styles.ts';
import { growBlock, isSameBlock, nodesOf } from './text-nodes.ts';

/** Formatted text takes this long at most before the text is shown as it is meanwhile. */
const shownPlainAfter = 150;
const shownPlain = 20_000;
/** The page gets a turn after this many milliseconds of drawing. */
const drawnAtOnce = 8;

type Drawn = { block: TextBlock; nodes: Node[] };

/** More blocks than these are laid out as they come into sight. */
const fewBlocks = 40;

const plainReply = (text: string, reason: string): FormatReply => ({
  blocks: [{ kind: 'plain', text, reason }],
  settledBlocks: 0,
  settledLength: 0,
  context: emptyContext,
});

const aTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

const withoutFormula = (part: Part): Part =>
  part.kind === 'math'
    ? { ...part, html: null, reason: 'Not drawn: the styles of formulas could not be loaded' }
    : part;

const hasMath = (block: TextBlock): boolean =>
  (block.kind === 'html' || block.kind === 'table') && block.parts.some((part) => part.kind === 'math' && part.html);

type MarkdownTextProps = {
  text: string;
  streaming: boolean;
  /** A person decides by the text: hidden characters are written out. */
  exact: boolean;
};

/**
 * Formatted text of a model. A worker parses it, while it grows only what follows the blocks that stay as they are; the
 * page sanitises and draws the blocks that differ, a few milliseconds at a time.
 */
class MarkdownText extends element<MarkdownTextProps>({ text: '', streaming: false, exact: false }) {
  private drawn: Drawn[] = [];
  /** The text that is drawn, and how much of it stays as it is. */
  private source = '';
  private settled = { blocks: 0, length: 0, context: emptyContext };
  private isBusy = false;
  private formatting: Promise<void> = Promise.resolve();
  private isWhole = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  static override styles = [shared, codeColours, prose];

  override render() {
    return html`<div class="prose" @click=${this.clicked}></div>`;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('exact') && this.drawn.length > 0) this.forget();
    if (!this.isBusy) this.formatting = this.format();
  }

  /** An update is complete when the text is drawn. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const isComplete = await super.getUpdateComplete();
    await this.formatting;
    return isComplete;
  }

  /** What came while it was not on the page is drawn. */
  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  private get target(): Element | null {
    return this.renderRoot.querySelector('.prose');
  }

  /** One piece of work at a time: what arrives meanwhile is in the next one. */
  private async format(): Promise<void> {
    this.isBusy = true;
    this.timer ??= setTimeout(() => this.showPlain(), shownPlainAfter);
    try {
      while (this.isConnected && !this.isDone()) await this.formatOnce();
    } finally {
      this.isBusy = false;
      clearTimeout(this.timer);
      this.timer = undefined;
    }
  }

  private isDone(): boolean {
    return this.source === this.text && this.isWhole === !this.streaming;
  }

  private async formatOnce(): Promise<void> {
    const { text, streaming } = this;
    const reason = whyPlain(text);
    if (!streaming || reason !== null || !text.startsWith(this.source))
      this.settled = { blocks: 0, length: 0, context: emptyContext };
    const { blocks, length, context } = this.settled;
    const unified = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
    const reply =
      reason === null ? await this.ask(unified.slice(length), streaming, context) : plainReply(text, reason);
    // Another text came meanwhile, and not a longer one.
    if (!this.text.startsWith(text)) {
      this.source = '\0';
      return;
    }
    await this.draw(blocks, await this.withMathStyles(reply.blocks));
    this.source = text;
    this.isWhole = !streaming;
    this.settled = {
      blocks: blocks + reply.settledBlocks,
      length: length + reply.settledLength,
      context: reply.context,
    };
  }

  private async ask(text: string, isGrowing: boolean, context: FormatReply['context']): Promise<FormatReply> {
    try {
      if (!isGrowing) return await formatWhole(text);
      return await textWork({ kind: 'format', text, isGrowing, context, colours: true });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      return plainReply(text, reason);
    }
  }

  /** Without their styles formulas could not be read: then they are shown as their source. */
  private async withMathStyles(blocks: TextBlock[]): Promise<TextBlock[]> {
    if (!blocks.some(hasMath) || !this.shadowRoot) return blocks;
    try {
      await useMathStyles(this.shadowRoot);
      return blocks;
    } catch {
      return blocks.map((block) => ('parts' in block ? { ...block, parts: block.parts.map(withoutFormula) } : block));
    }
  }

  /** Replaces the blocks from `first` on that differ. */
  private async draw(first: number, blocks: readonly TextBlock[]): Promise<void> {
    const { target } = this;
    if (!target) return;
    if (this.drawn.length === 0) target.replaceChildren();
    target.classList.toggle('long', first + blocks.length > fewBlocks);
    let begin = performance.now();
    for (const [offset, block] of blocks.entries()) {
      if (performance.now() - begin > drawnAtOnce) {
        await aTurn();
        begin = performance.now();
      }
      this.drawBlock(target, first + offset, block);
    }
    for (const { nodes } of this.drawn.splice(first + blocks.length))
      for (const node of nodes) target.removeChild(node);
  }

  private drawBlock(target: Element, at: number, block: TextBlock): void {
    const before = this.drawn[at];
    if (before && (isSameBlock(before.block, block) || growBlock(before.nodes, before.block, block))) {
      before.block = block;
      return;
    }
    const nodes = nodesOf(block, { exact: this.exact });
    const place = before?.nodes[0] ?? this.drawn.slice(at + 1).find((next) => next.nodes.length > 0)?.nodes[0] ?? null;
    for (const node of nodes) target.insertBefore(node, place);
    for (const node of before?.nodes ?? []) target.removeChild(node);
    this.drawn[at] = { block, nodes };
  }

  /** Where formatting takes a while: a reply is never blank. */
  private showPlain(): void {
    this.timer = undefined;
    const { target } = this;
    if (!target || this.drawn.length > 0) return;
    const plain = document.createElement('div');
    plain.className = 'raw';
    plain.textContent = this.text.slice(0, shownPlain);
    target.replaceChildren(plain);
  }

  private forget(): void {
    this.drawn = [];
    this.source = '\0';
    this.isWhole = false;
  }

  /** A reference leads to its footnote, and the footnote back. */
  private clicked(event: Event): void {
    const [button] = event.composedPath();
    if (!(button instanceof HTMLButtonElement)) return;
    const place = button.closest('[data-note]');
    const other = place?.tagName === 'SUP' ? 'li' : 'sup';
    const number = Number(place?.getAttribute('data-note'));
    const to = number > 0 ? this.renderRoot.querySelector(`${other}[data-note="${number}"] button`) : null;
    if (!(to instanceof HTMLElement)) return;
    to.scrollIntoView({ block: 'nearest' });
    to.focus();
  }
}

customElements.define('ev-markdown', MarkdownText);

// When the first view is there; a text that comes earlier starts it, too.
setTimeout(startTextWorker, 300);
