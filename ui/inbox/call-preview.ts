import { html, nothing, type TemplateResult } from 'lit';
import { shownArguments } from '../../contracts/shown.ts';
import { visible } from '../../contracts/visible.ts';
import { duration } from '../parts/model/format.ts';
import { isMalformed, previewOf } from './model/call.ts';
import '../parts/diff.ts';
import '../parts/long-text.ts';

/** What a call would do, in the form that is easiest to judge. Hidden characters are written out. */
export const callPreview = (tool: string, text: string): TemplateResult => {
  const preview = previewOf(tool, text);
  switch (preview.kind) {
    case 'edit':
      return html`<div class="path mono">${visible(preview.path)}${preview.all ? ' · every occurrence' : nothing}</div>
        <ev-diff .from=${preview.before} .to=${preview.after} .path=${preview.path} isPart></ev-diff>`;
    case 'write':
      return html`<div class="path mono">${visible(preview.path)} · whole new content</div>
        <ev-diff .from=${''} .to=${preview.content} .path=${preview.path}></ev-diff>`;
    case 'command':
      return html`<pre class="command"><span aria-hidden="true">$ </span>${visible(preview.command)}</pre>
        ${
          preview.folder || preview.seconds
            ? html`<div class="path">
                ${preview.folder ? html`in <code>${visible(preview.folder)}</code>` : nothing}
                ${preview.seconds ? `for at most ${duration(preview.seconds * 1000)}` : nothing}
              </div>`
            : nothing
        }`;
    case 'access':
      return html`<pre class="command">${visible(preview.path)}</pre>
        ${preview.reason ? html`<p class="path">The agent says: ${visible(preview.reason)}</p>` : nothing}`;
    case 'other':
      return exactArguments(text);
  }
};

/** The arguments themselves, indented. */
export const exactArguments = (text: string): TemplateResult =>
  html`<ev-long-text
    .text=${shownArguments(text)}
    label=${isMalformed(text) ? 'Arguments (not valid JSON)' : 'Arguments'}
  ></ev-long-text>`;

export const hasOwnPreview = (tool: string, text: string): boolean => previewOf(tool, text).kind !== 'other';
