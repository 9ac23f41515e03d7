import { html, nothing, type TemplateResult } from 'lit';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { skeleton } from '../parts/page-head.ts';
import type { Part, PartName, Parts, PartValues } from './model/parts.ts';

/** Draws a part once it is read; says so while it is not, and why it cannot be. What was read before stays on the page. */
export const partView = <Name extends PartName>(
  parts: Parts,
  name: Name,
  words: string,
  draw: (value: PartValues[Name]) => TemplateResult,
): TemplateResult => {
  const part: Part<PartValues[Name]> | undefined = parts[name];
  const again = ({ currentTarget }: Event): void => {
    if (currentTarget) request(currentTarget, 'read-part', { part: name });
  };
  const failed = part?.error
    ? html`<div class="failed" role="alert">
        <span>${visible(part.error.message)}</span><button class="small" @click=${again}>Try again</button>
      </div>`
    : nothing;
  const value = part?.value ?? null;
  if (value !== null) return html`${failed}${draw(value)}`;
  return part?.error ? html`${failed}` : skeleton(`Loading ${words}`);
};
