import { html, nothing, type TemplateResult } from 'lit';
import type { Approval } from '../../contracts/approvals.ts';
import { visible } from '../../contracts/visible.ts';
import '../parts/unified-diff.ts';

type Changes = NonNullable<Approval['changes']>;

const words: Record<Changes[number]['kind'], string> = {
  create: 'new file',
  edit: 'edited',
  delete: 'deleted',
  rename: 'renamed',
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
      ${diff === '' ? nothing : html`<ev-unified .diff=${diff} bare role="group" aria-label="Changes of ${visible(path)}"></ev-unified>`}`,
  )}`;
