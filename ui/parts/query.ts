import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PropertyPart } from 'lit/directive.js';

/**
 * The text of a search field, as its `.value`. What is searched has no spaces around it: one at the end of what is being
 * written stays, so that the next word can follow it.
 */
class Query extends Directive {
  private known: string | undefined;

  override render(_query: string): unknown {
    return noChange;
  }

  override update(part: PropertyPart | ElementPart, [query]: [string]): unknown {
    const field = part.element;
    if (query !== this.known && field instanceof HTMLInputElement && field.value.trim() !== query) field.value = query;
    this.known = query;
    return noChange;
  }
}

export const queryText = directive(Query);
