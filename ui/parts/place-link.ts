import { html, type TemplateResult } from 'lit';
import { request } from '../events.ts';
import { addressOf, addressOfRun, type RunTarget } from '../shell/model/address.ts';

/** A plain click stays in the page; all others are the browser's. */
const plain = (event: MouseEvent, act: (from: EventTarget) => void): void => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || !event.currentTarget) return;
  event.preventDefault();
  act(event.currentTarget);
};

type Words = string | TemplateResult;

export const sessionLink = (id: string, words: Words, title = ''): TemplateResult =>
  html`<a href=${addressOf(id)} title=${title} @click=${(event: MouseEvent) => plain(event, (from) => request(from, 'open-session', { id }))}>${words}</a>`;

export const runLink = (id: string, words: Words, target: RunTarget | null = null, title = ''): TemplateResult =>
  html`<a
    href=${addressOfRun(id, target)}
    title=${title}
    @click=${(event: MouseEvent) => plain(event, (from) => request(from, 'open-run', { id, target }))}
    >${words}</a
  >`;
