import type { ReactiveController, ReactiveControllerHost } from 'lit';

const name = 'everturn.diff';

const recall = (): boolean => {
  try {
    return localStorage.getItem(name) === 'side-by-side';
  } catch {
    return false;
  }
};

let sideBySide = recall();
const hosts = new Set<ReactiveControllerHost>();
const roomy = matchMedia('(min-width: 68.75rem)');
const redraw = (): void => {
  for (const host of hosts) host.requestUpdate();
};
roomy.addEventListener('change', redraw);

/** An element narrower than this has no room for two columns. */
const leastWidth = 600;

/** Whether differences have their two texts side by side: chosen once for all of them, and remembered. */
export class DiffLayout implements ReactiveController {
  private readonly host: ReactiveControllerHost & Element;
  private width = 0;
  private readonly sizes = new ResizeObserver(([entry]) => {
    if (!entry) return;
    const had = this.hasRoom;
    this.width = entry.contentRect.width;
    if (had !== this.hasRoom) this.host.requestUpdate();
  });

  constructor(host: ReactiveControllerHost & Element) {
    this.host = host;
    host.addController(this);
  }

  hostConnected(): void {
    hosts.add(this.host);
    this.sizes.observe(this.host);
  }

  hostDisconnected(): void {
    hosts.delete(this.host);
    this.sizes.disconnect();
  }

  get hasRoom(): boolean {
    return roomy.matches && this.width >= leastWidth;
  }

  get isSideBySide(): boolean {
    return sideBySide && this.hasRoom;
  }

  readonly toggle = (): void => {
    sideBySide = !sideBySide;
    try {
      localStorage.setItem(name, sideBySide ? 'side-by-side' : 'unified');
    } catch {
      // The choice lasts as long as the page.
    }
    redraw();
  };
}
