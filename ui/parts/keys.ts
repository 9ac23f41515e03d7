import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { writes } from '../shortcuts.ts';
import { composes } from './enter.ts';

const prefixMs = 1500;

/** G was pressed: the next letter names a page, and is no key of a list. */
export const prefix = {
  at: null as number | null,
  isOpen: ({ timeStamp }: KeyboardEvent): boolean => prefix.at !== null && timeStamp - prefix.at < prefixMs,
};

type Host = ReactiveControllerHost & HTMLElement;

/** Whether an element is in the window that has the keyboard: a modal one keeps it from all others. */
const hasKeyboard = (host: Element, event: KeyboardEvent): boolean => {
  const dialog = event.composedPath().find((target) => target instanceof HTMLDialogElement);
  if (!dialog) return true;
  for (let at: Node | null = host; at; at = at.parentNode ?? (at instanceof ShadowRoot ? at.host : null))
    if (at instanceof HTMLElement && at.matches('ev-dialog')) return true;
  return false;
};

/** Keys that move on while they are held. All others act once: a held Y must not approve one call after the other. */
const moves: ReadonlySet<string> = new Set([
  'j',
  'k',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  '+',
  '-',
  '=',
]);

const actsOnEnter = (event: KeyboardEvent): boolean => {
  const [target] = event.composedPath();
  return target instanceof HTMLElement && target.matches('button, a, summary, select, input');
};

/** Calls the handler of a key while its element is shown, wherever the focus is, but for fields that are written into. */
export class Keys implements ReactiveController {
  private readonly host: Host;
  private readonly handlers: Readonly<Record<string, () => void>>;

  constructor(host: Host, handlers: Readonly<Record<string, () => void>>) {
    this.host = host;
    this.handlers = handlers;
    host.addController(this);
  }

  hostConnected(): void {
    addEventListener('keydown', this.pressed, { capture: true });
  }

  hostDisconnected(): void {
    removeEventListener('keydown', this.pressed, { capture: true });
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || composes(event) || event.defaultPrevented) return;
    if (prefix.isOpen(event)) return;
    if (writes(event.composedPath()[0]) || !hasKeyboard(this.host, event)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const handler = this.handlers[key];
    // A button or a link that has the focus does what it does.
    if (!handler || (event.key === 'Enter' && actsOnEnter(event))) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat || moves.has(key)) handler();
  };
}
