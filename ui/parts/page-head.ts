import { html, nothing, type TemplateResult } from 'lit';
import { request } from '../events.ts';
import { icon } from './icons.ts';

const openRail = ({ currentTarget }: Event): void => {
  if (currentTarget) request(currentTarget, 'show-rail', { open: true });
};

/** The first line of a page; on a phone it opens the rail. */
export const pageHead = (title: string, rest: TemplateResult | typeof nothing = nothing): TemplateResult =>
  html`<header>
    <button class="quiet icon menu" aria-label="Open the navigation" @click=${openRail}>${icon('menu')}</button>
    <h1>${title}</h1>
    ${rest}
  </header>`;

export const skeleton = (words: string, rows = 6): TemplateResult =>
  html`<div class="skeleton" role="status" aria-label=${words}>${Array.from({ length: rows }, () => html`<i></i>`)}</div>`;

/** A page that is known by its address: a plain click stays in the page, all others are the browser's. */
export const go = (event: MouseEvent): void => {
  const link = event.currentTarget;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  request(link, 'go', { address: link.pathname + link.search + link.hash });
};
