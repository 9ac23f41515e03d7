import { html, nothing, type TemplateResult } from 'lit';
import type { Survived } from '../../contracts/turn-summary.ts';
import { dollars, plural } from './model/format.ts';

/** What lost workers did not cost; nothing where none was lost. */
export const survivedWords = (survived: Survived | null | undefined): TemplateResult | typeof nothing => {
  if (!survived || survived.crashes === 0) return nothing;
  const { crashes, kept, saved } = survived;
  return html`<span class="saved" title="Finished calls are kept when a worker is lost, and are not made again"
    >${plural(crashes, 'crash', 'crashes')} survived${kept > 0 ? ` · ${plural(kept, 'call')} not paid twice` : ''}${saved ? ` · ${dollars(saved)} saved` : ''}</span
  >`;
};
