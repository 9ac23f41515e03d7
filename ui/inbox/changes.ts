import { css, html, nothing, type TemplateResult } from 'lit';
import type { Approval } from '../../contracts/approvals.ts';
import { visible } from '../../contracts/visible.ts';

type Changes = NonNullable<Approval['changes']>;

const words: Record<Changes[number]['kind'], string> = {
  create: 'new file',
  edit: 'edited',
  delete: 'deleted',
  rename: 'renamed',
};

const toneOf = (line: string): string => {
  if (line.startsWith('@@')) return 'place';
  if (line.startsWith('+++') || line.startsWith('---')) return 'place';
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : '';
};

/** What a call would do to files, as the worker has found it: one diff for each file. */
export const changeList = (changes: Changes): TemplateResult =>
  html`${changes.map(
    ({
      path,
      from,
      kind,
      diff,
    }) => html`<div class="path mono">${from === null ? nothing : html`${visible(from)} → `}${visible(path)} · ${words[kind]}</div>
      ${diff === '' ? nothing : html`<pre class="unified" tabindex="0" aria-label="Changes of ${visible(path)}">${diff.split('\n').map((line) => html`<span class=${toneOf(line)}>${visible(line)}\n</span>`)}</pre>`}`,
  )}`;

export const changeStyles = css`
  .unified {
    max-height: 24rem;
    margin: 0 0 var(--space-2);
    padding: var(--space-2) 0;
    overflow: auto;
    border: 1px solid var(--line);
    border-radius: var(--radius-s);
    background: var(--sunken);
    font-size: var(--text-xs);
  }
  .unified span {
    display: block;
    min-width: max-content;
    padding: 0 var(--space-3);
  }
  .unified .added {
    background: var(--added);
  }
  .unified .removed {
    background: var(--removed);
  }
  .unified .place {
    color: var(--muted);
  }
`;
