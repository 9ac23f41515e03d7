import { html, nothing, type TemplateResult } from 'lit';
import type { SearchResults } from '../../contracts/search.ts';

/** Whether there is anything to say about a search, be it that it stopped early. */
export const anythingFound = ({ results, isComplete }: SearchResults): boolean => results.length > 0 || !isComplete;

export const stoppedEarly = ({ isComplete }: SearchResults): TemplateResult | typeof nothing =>
  isComplete
    ? nothing
    : html`<p class="message">The search stopped before the oldest turns. Add words that fewer turns contain.</p>`;
