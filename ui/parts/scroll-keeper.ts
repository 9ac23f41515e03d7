/** Within this many pixels of the end the reader counts as being there. */
const atEndWithin = 64;
/** Smaller moves are rounding. */
const aPixel = 1;

/** Distance from the top, in pixels, at which what lies above is wanted. */
const nearTopWithin = 900;

export type ScrollEvents = {
  /** The reader left the end, or came back to it. */
  away(away: boolean): void;
  /** The beginning of what is loaded is near. */
  nearTop(): void;
};

/**
 * Follows the end while the reader is there, and keeps what is being read in place while older pages arrive above it.
 * It looks again whenever the content changes its height: elements render and grow after the list does, however long
 * that takes. An element is held until the reader scrolls, by whatever means.
 */
export class ScrollKeeper {
  private scroller: HTMLElement | undefined;
  private following = true;
  /** Where the content was last; growth moves nothing, so only a smaller value is the reader's doing. */
  private top = 0;
  private held: { element: HTMLElement; top: number } | undefined;
  private readonly sizes = new ResizeObserver(() => this.settle());
  private readonly told: ScrollEvents;

  constructor(told: ScrollEvents) {
    this.told = told;
  }

  attach(scroller: HTMLElement, content: HTMLElement): void {
    this.scroller = scroller;
    this.sizes.observe(content);
    this.sizes.observe(scroller);
    scroller.addEventListener('scroll', this.scrolled, { passive: true });
    for (const name of ['wheel', 'touchmove', 'pointerdown', 'keydown']) {
      scroller.addEventListener(name, this.released, { passive: true });
    }
    this.follow(this.following);
  }

  detach(): void {
    this.sizes.disconnect();
  }

  private follow(following: boolean): void {
    this.following = following;
    // When lines above are dropped, the browser's anchoring would scroll up as a reader does.
    if (this.scroller) this.scroller.style.overflowAnchor = following ? 'none' : '';
  }

  toEnd(): void {
    this.follow(true);
    this.held = undefined;
    this.told.away(false);
    this.settle();
  }

  show(element: HTMLElement): void {
    this.follow(false);
    element.scrollIntoView({ block: 'start' });
    if (this.scroller) this.told.away(!this.isAtEnd(this.scroller));
    this.keep(element);
  }

  /** Keeps the first of `elements` that is in sight where it is. */
  hold(elements: Iterable<Element>): void {
    if (this.following || !this.scroller) return;
    this.restore(this.scroller);
    for (const element of elements) {
      if (!(element instanceof HTMLElement) || element.getBoundingClientRect().bottom <= this.edge()) continue;
      this.keep(element);
      return;
    }
  }

  private keep(element: HTMLElement): void {
    this.held = { element, top: this.topOf(element) };
    this.top = this.scroller?.scrollTop ?? 0;
  }

  private readonly released = (): void => {
    this.held = undefined;
  };

  private readonly scrolled = (): void => {
    const { scroller } = this;
    if (!scroller) return;
    if (this.held && !this.isMovedByReader(scroller, this.held)) {
      this.top = scroller.scrollTop;
      return;
    }
    this.held = undefined;
    const movedUp = scroller.scrollTop < this.top - 1;
    this.top = scroller.scrollTop;
    this.follow(this.isAtEnd(scroller) || (this.following && !movedUp));
    if (this.following && !this.isAtEnd(scroller)) this.settle();
    this.told.away(!this.following);
    this.lookUp();
  };

  /** The browser, too, scrolls when content above grows: then the element is where it was. */
  private isMovedByReader(
    { scrollTop }: HTMLElement,
    { element, top }: { element: HTMLElement; top: number },
  ): boolean {
    return Math.abs(scrollTop - this.top) > aPixel && Math.abs(this.topOf(element) - top) > aPixel;
  }

  private isAtEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
    return scrollHeight - scrollTop - clientHeight < atEndWithin;
  }

  private settle(): void {
    if (!this.scroller) return;
    this.restore(this.scroller);
    this.lookUp();
  }

  private restore(scroller: HTMLElement): void {
    const { held } = this;
    if (this.following) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (held && !this.isMovedByReader(scroller, held)) {
      const moved = this.topOf(held.element) - held.top;
      if (Math.abs(moved) > aPixel) scroller.scrollTop += moved;
    } else {
      // The event of the reader's scrolling is still to come.
      this.held = undefined;
      return;
    }
    this.top = scroller.scrollTop;
  }

  /** At the end of a text that fills the screen nothing above is wanted, wherever the top is while it is laid out. */
  private lookUp(): void {
    const { scroller } = this;
    if (!scroller) return;
    const above = this.following ? scroller.scrollHeight - scroller.clientHeight : scroller.scrollTop;
    if (above < nearTopWithin) this.told.nearTop();
  }

  private edge(): number {
    return this.scroller?.getBoundingClientRect().top ?? 0;
  }

  private topOf(element: HTMLElement): number {
    return element.getBoundingClientRect().top - this.edge();
  }
}
