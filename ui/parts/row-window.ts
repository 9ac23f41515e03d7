import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** More rows than any screen shows. */
const rowsAtOnce = 100;
const spareRows = 30;

/** Of rows of one height, the ones to draw: those in sight of a scrolled box, and some around them. */
export class RowWindow implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  readonly rowHeight: number;
  private first = 0;

  constructor(host: ReactiveControllerHost, rowHeight: number) {
    this.host = host;
    this.rowHeight = rowHeight;
    host.addController(this);
  }

  hostConnected(): void {}

  readonly scrolled = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLElement)) return;
    const seen = Math.floor(event.currentTarget.scrollTop / this.rowHeight);
    const first = Math.max(0, seen - spareRows);
    // The spare rows cover small moves.
    if (first === 0 ? this.first === 0 : Math.abs(first - this.first) < spareRows / 2) return;
    this.first = first;
    this.host.requestUpdate();
  };

  /** `last` is exclusive. */
  range(rows: number): { first: number; last: number } {
    const first = Math.min(this.first, Math.max(0, rows - rowsAtOnce));
    return { first, last: Math.min(rows, first + rowsAtOnce + spareRows) };
  }

  /** To the top, for another text. */
  reset(): void {
    this.first = 0;
  }
}
