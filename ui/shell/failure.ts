import { html, type TemplateResult } from 'lit';
import { request } from '../events.ts';

const toStart = (event: Event): void => {
  if (event.currentTarget) request(event.currentTarget, 'open-session', { id: null });
};

export const failureScreen = (
  heading: string,
  message: string,
): TemplateResult => html`<div class="center" role="alert">
  <h1>${heading}</h1>
  <p>${message}</p>
  <button @click=${toStart}>Go to start</button>
</div>`;

export const loadingScreen = (words: string): TemplateResult =>
  html`<div class="center" role="status"><p>${words}</p></div>`;
