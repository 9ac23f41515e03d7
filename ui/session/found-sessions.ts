import { html, nothing, type TemplateResult } from 'lit';
import type { SearchResult, SearchResults } from '../../contracts/search.ts';
import { visible } from '../../contracts/visible.ts';
import { anythingFound, stoppedEarly } from '../parts/found.ts';

const row = ({ sessionId, turn, title, isArchived, snippet }: SearchResult): TemplateResult => html`<li>
  <a class="wide" href="/s/${encodeURIComponent(sessionId)}#turn-${turn}" data-id=${sessionId} data-turn=${turn} tabindex="-1">
    <span class="title">${visible(title || 'Untitled session')}${isArchived ? html`<span class="mark"> archived</span>` : nothing}</span>
    <span class="snippet">${snippet.map(({ text, isMatch }) => (isMatch ? html`<mark>${visible(text)}</mark>` : visible(text)))}</span>
  </a>
</li>`;

/** Below the sessions whose titles fit: those in which it was said. */
export const foundSessions = (
  found: SearchResults,
  opened: (event: MouseEvent) => void,
): TemplateResult | typeof nothing =>
  !anythingFound(found)
    ? nothing
    : html`<h2>In what was said</h2>
        <ul class="found" @click=${opened}>
          ${found.results.map(row)}
        </ul>
        ${stoppedEarly(found)}`;
