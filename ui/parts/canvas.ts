import { html, type PropertyValues } from 'lit';
import { canvasStyles } from './canvas.styles.ts';
import { element } from './element.ts';
import type { Box, Point } from './model/layout.ts';
import { distanceOf, fitting, revealing, type Size, type Viewport, zoomed } from './model/viewport.ts';
import { shared } from './shared.styles.ts';

type CanvasProps = {
  /** Of the drawing in its slot. */
  drawing: Size;
  /** What it is called where it is not seen. */
  label: string;
  viewport: Viewport;
  dragging: boolean;
};

/** A click that moved further than this was a drag. */
const dragPixels = 4;

/**
 * A frame in which a drawing is moved and scaled: dragging and the wheel move it, Ctrl or a pinch with the wheel, and the
 * keys + - 0 scale it. It shows the whole until somebody moves it. `distance` says how far away the drawing is.
 */
export class Canvas extends element<CanvasProps>(
  { drawing: { width: 1, height: 1 }, label: '', viewport: { x: 0, y: 0, scale: 1 }, dragging: false },
  'viewport',
  'dragging',
) {
  private isMoved = false;
  private readonly pointers = new Map<number, Point>();
  private moved = 0;
  /** Before the nodes hear of it: the end of a drag is no click. */
  private readonly clickListener = { handleEvent: (event: Event) => this.clicked(event), capture: true };
  private readonly observer = new ResizeObserver(() => this.resized());

  static override styles = [shared, canvasStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  private get frame(): Size {
    return { width: this.clientWidth, height: this.clientHeight };
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('drawing') && !this.isMoved) this.viewport = fitting(this.drawing, this.frame);
    this.setAttribute('distance', distanceOf(this.viewport));
  }

  private resized(): void {
    if (!this.isMoved) this.viewport = fitting(this.drawing, this.frame);
  }

  private move(to: Viewport): void {
    this.isMoved = true;
    this.viewport = to;
  }

  fit(): void {
    this.isMoved = false;
    this.viewport = fitting(this.drawing, this.frame);
  }

  reveal(box: Box): void {
    const to = revealing(this.viewport, box, this.frame);
    if (to.x !== this.viewport.x || to.y !== this.viewport.y) this.move(to);
  }

  /** Around the middle of the frame. */
  zoom(factor: number): void {
    const { width, height } = this.frame;
    this.move(zoomed(this.viewport, factor, { x: width / 2, y: height / 2 }));
  }

  override render() {
    const { x, y, scale } = this.viewport;
    const { width, height } = this.drawing;
    return html`<div
        class="frame ${this.dragging ? 'dragging' : ''}"
        role="group"
        aria-label=${this.label}
        @wheel=${this.wheeled}
        @pointerdown=${this.pressed}
        @pointermove=${this.dragged}
        @pointerup=${this.released}
        @pointercancel=${this.released}
        @click=${this.clickListener}
        @keydown=${this.typed}
        @scroll=${this.unscroll}
      >
        <div class="world" .style=${`width: ${width}px; height: ${height}px; transform: translate(${x}px, ${y}px) scale(${scale})`}>
          <slot></slot>
        </div>
      </div>
      <div class="tools" role="group" aria-label="Zoom">
        <button title="Zoom out (-)" aria-label="Zoom out" @click=${() => this.zoom(1 / 1.4)}>−</button>
        <button class="scale numbers" title="Fit (0)" aria-label=${`${Math.round(scale * 100)}%: fit the whole`} @click=${() => this.fit()}>${Math.round(scale * 100)}%</button>
        <button title="Zoom in (+)" aria-label="Zoom in" @click=${() => this.zoom(1.4)}>+</button>
      </div>`;
  }

  /** A node that takes the focus out of sight would scroll the frame: the drawing is moved instead. */
  private unscroll(event: Event): void {
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.scrollTo(0, 0);
  }

  private at({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  private wheeled(event: WheelEvent): void {
    event.preventDefault();
    const { viewport } = this;
    if (event.ctrlKey || event.metaKey) {
      this.move(zoomed(viewport, Math.exp(-event.deltaY * (event.deltaMode === 0 ? 0.004 : 0.12)), this.at(event)));
      return;
    }
    const step = event.deltaMode === 0 ? 1 : 24;
    const [x, y] = event.shiftKey ? [event.deltaY + event.deltaX, 0] : [event.deltaX, event.deltaY];
    this.move({ ...viewport, x: viewport.x - x * step, y: viewport.y - y * step });
  }

  private pressed(event: PointerEvent): void {
    if (event.button !== 0) return;
    if (this.pointers.size === 0) this.moved = 0;
    this.pointers.set(event.pointerId, this.at(event));
  }

  private dragged(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = this.at(event);
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    this.moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (this.moved < dragPixels) return;
    if (!this.dragging && event.currentTarget instanceof Element)
      event.currentTarget.setPointerCapture(event.pointerId);
    this.dragging = true;
    const { viewport } = this;
    const to = { ...viewport, x: viewport.x + now.x - before.x, y: viewport.y + now.y - before.y };
    const apart = (one: Point): number => (other ? Math.hypot(one.x - other.x, one.y - other.y) : 1);
    this.move(other ? zoomed(viewport, apart(now) / Math.max(1, apart(before)), other) : to);
  }

  private released(event: PointerEvent): void {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size === 0) this.dragging = false;
  }

  private clicked(event: Event): void {
    if (this.moved >= dragPixels) event.stopPropagation();
    this.moved = 0;
  }

  private typed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys: Record<string, () => void> = {
      '+': () => this.zoom(1.4),
      '=': () => this.zoom(1.4),
      '-': () => this.zoom(1 / 1.4),
      '0': () => this.fit(),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }
}

customElements.define('ev-canvas', Canvas);
