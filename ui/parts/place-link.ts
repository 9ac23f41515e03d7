import { html, type TemplateResult } from 'lit';
import { request } from '../events.ts';
import { addressOf, addressOfRun, addressOfWorkflow, type RunTab, type RunTarget } from '../shell/model/address.ts';
import { icon } from './icons.ts';

/** A plain click stays in the page; all others are the browser's. */
const plain = (event: MouseEvent, act: (from: EventTarget) => void): void => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || !event.currentTarget) return;
  event.preventDefault();
  act(event.currentTarget);
};

type Words = string | TemplateResult;

export const sessionLink = (id: string, words: Words, title = ''): TemplateResult =>
  html`<a href=${addressOf(id)} title=${title} @click=${(event: MouseEvent) => plain(event, (from) => request(from, 'open-session', { id }))}>${words}</a>`;

/** A tab of a run; `other` is the run it is compared with. */
export const runTabLink = (id: string, tab: RunTab, words: Words, other: string | null = null): TemplateResult =>
  html`<a
    href=${addressOfRun(id, null, tab, other)}
    @click=${(event: MouseEvent) => plain(event, (from) => request(from, 'open-run', { id, tab, other }))}
    >${words}</a
  >`;

export const workflowLink = (id: string, words: Words, title = 'Its state machine and facts from Temporal') =>
  html`<a
    href=${addressOfWorkflow(id)}
    title=${title}
    @click=${(event: MouseEvent) => plain(event, (from) => request(from, 'open-workflow', { id }))}
    >${words}</a
  >`;

/** The same as a tool beside others; `of` is what it is the workflow of. */
export const workflowTool = (id: string, of: string): TemplateResult =>
  html`<a
    class="tool"
    href=${addressOfWorkflow(id)}
    title="State machine and Temporal's facts"
    aria-label="State machine of ${of}"
    @click=${(event: MouseEvent) => plain(event, (from) => request(from, 'open-workflow', { id }))}
    >${icon('machine', 14)}</a
  >`;

export const runLink = (id: string, words: Words, target: RunTarget | null = null, title = ''): TemplateResult =>
  html`<a
    href=${addressOfRun(id, target)}
    title=${title}
    @click=${(event: MouseEvent) => plain(event, (from) => request(from, 'open-run', { id, target }))}
    >${words}</a
  >`;
