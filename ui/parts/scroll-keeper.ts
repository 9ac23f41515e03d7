/** Within this many pixels of the end the reader counts as being there. */
const atEndWithin = 64;
/** How long an element is kept in place after a page was put before it. */
const holdMs = 800;

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
 * It looks again whenever the content changes its height: elements render and grow after the list does.
 */
export class ScrollKeeper {
  private scroller: HTMLElement | undefined;
  private following = true;
  /** Where the content was last; growth moves nothing, so only a smaller value is the reader's doing. */
  private top = 0;
  private held: { element: HTMLElement; top: number; until: number } | undefined;
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
  }

  detach(): void {
    this.sizes.disconnect();
  }

  toEnd(): void {
    this.following = true;
    this.held = undefined;
    this.told.away(false);
    this.settle();
  }

  show(element: HTMLElement): void {
    this.following = false;
    element.scrollIntoView({ block: 'start' });
    if (this.scroller) this.told.away(!this.isAtEnd(this.scroller));
    this.held = { element, top: this.topOf(element), until: performance.now() + holdMs };
  }

  /** Keeps the first of `elements` that is in sight where it is. */
  hold(elements: Iterable<Element>): void {
    if (this.following || !this.scroller) return;
    for (const element of elements) {
      if (!(element instanceof HTMLElement) || element.getBoundingClientRect().bottom <= this.edge()) continue;
      this.held = { element, top: this.topOf(element), until: performance.now() + holdMs };
      // A reader who is at the top by then moves nothing that would ask for more.
      setTimeout(() => this.lookUp(), holdMs);
      return;
    }
  }

  private readonly released = (): void => {
    this.held = undefined;
  };

  private readonly scrolled = (): void => {
    const { scroller } = this;
    if (!scroller) return;
    if (this.held && performance.now() <= this.held.until) return;
    this.held = undefined;
    const movedUp = scroller.scrollTop < this.top - 1;
    this.top = scroller.scrollTop;
    this.following = this.isAtEnd(scroller) || (this.following && !movedUp);
    if (this.following && !this.isAtEnd(scroller)) this.settle();
    this.told.away(!this.following);
    this.lookUp();
  };

  private isAtEnd({ scrollHeight, scrollTop, clientHeight }: HTMLElement): boolean {
    return scrollHeight - scrollTop - clientHeight < atEndWithin;
  }

  private settle(): void {
    const { scroller, held } = this;
    if (!scroller) return;
    if (this.following) {
      scroller.scrollTop = scroller.scrollHeight;
      this.top = scroller.scrollTop;
    }
    if (!held) {
      this.lookUp();
      return;
    }
    const moved = this.topOf(held.element) - held.top;
    if (Math.abs(moved) >= 1) scroller.scrollTop += moved;
    if (performance.now() > held.until) this.held = undefined;
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
