import { css, html, nothing, type TemplateResult } from 'lit';
import type { FlowList, FlowSummary } from '../../contracts/found.ts';
import { icon } from '../parts/icons.ts';
import { plural } from '../parts/model/format.ts';

type Found = Pick<FlowSummary, 'name' | 'description' | 'origin' | 'file' | 'faults' | 'shadows'>;

const shownFaults = 5;

/** What a file says of itself, and where it lies. */
export const foundWords = ({ name, description, origin, file, shadows }: Found): TemplateResult => {
  const hidden = shadows.length > 0 ? `, hides ${shadows.join(', ')}` : '';
  return html`<span class="name">${name}</span>
    <span class="origin" title="${file}${hidden}">${origin}${hidden ? ' · hides another' : ''}</span>
    ${description ? html`<span class="description">${description}</span>` : nothing}`;
};

export const findingList = (findings: Found['faults']): TemplateResult => {
  const more = findings.length - shownFaults;
  return html`<ul>
    ${findings.slice(0, shownFaults).map(({ file, line, column, path, message }) => html`<li><code>${file}:${line}:${column}</code> ${path ? html`<code>${path}</code> ` : nothing}${message}</li>`)}
    ${more > 0 ? html`<li>and ${plural(more, 'other', 'others')}</li>` : nothing}
  </ul>`;
};

/** A file with faults says where they are; it cannot be started. */
export const brokenFile = (found: Found): TemplateResult => html`<li>
  <div class="head broken">${foundWords(found)}</div>
  <div class="faults">${icon('warning', 14)} Cannot start: ${plural(found.faults.length, 'error')} in its file ${findingList(found.faults)}</div>
</li>`;

export const clashWords = ({ name, files }: FlowList['clashes'][number]): TemplateResult =>
  html`<p class="failed" role="alert">The name ${name} is used twice: ${files.join(' and ')}. Rename one.</p>`;

export const foundStyles = css`

  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  li {
    border-top: 1px solid var(--line);
  }
  .head {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0 var(--space-3);
    width: 100%;
    min-height: 0;
    padding: var(--space-3) var(--space-4);
    border: 0;
    border-radius: calc(var(--radius-m) - 1px);
    background: none;
    font-size: var(--text-s);
    font-weight: 400;
    text-align: left;
    white-space: normal;
  }
  .name {
    font-family: var(--mono);
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .origin,
  .description {
    color: var(--muted);
    font-size: var(--text-xs);
  }
  .description {
    grid-column: 1 / -1;
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .faults {
    margin: 0;
    padding: 0 var(--space-4) var(--space-3);
    color: var(--danger);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .faults ul {
    display: block;
    margin-top: var(--space-1);
  }
  .faults li {
    border: 0;
    background: none;
    box-shadow: none;
  }
  .faults code {
    color: var(--muted);
  }
  .form {
    padding: var(--space-2) var(--space-4) var(--space-4);
  }
  .head.broken {
    cursor: default;
  }
  p {
    margin: 0 0 var(--space-3);
    color: var(--muted);
    font-size: var(--text-s);
    overflow-wrap: anywhere;
  }
  .failed {
    color: var(--danger);
  }
  .faults.warnings {
    color: var(--warn);
  }
`;
