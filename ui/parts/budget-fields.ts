import { css, html, type TemplateResult } from 'lit';
import type { Budget } from '../../contracts/script.ts';
import { type Read, readBudget } from './model/script-form.ts';

/** Two fields of a form; `budget` is what they begin with. */
export const budgetFields = (budget: Budget | null, disabled: boolean, help: string): TemplateResult => html`
  <fieldset>
    <legend>Budget</legend>
    <div class="two">
      <input class="mono" name="tokens" type="text" inputmode="decimal" autocomplete="off" aria-label="Budget in tokens" placeholder="Tokens, such as 500k" .defaultValue=${String(budget?.tokens ?? '')} ?disabled=${disabled} />
      <input class="mono" name="dollars" type="text" inputmode="decimal" autocomplete="off" aria-label="Budget in dollars" placeholder="Dollars, such as 2.50" .defaultValue=${String(budget?.dollars ?? '')} ?disabled=${disabled} />
    </div>
    <small>${help}</small>
  </fieldset>
`;

export const budgetOf = (action: string, fields: FormData): Read<Budget | undefined> =>
  readBudget(action, String(fields.get('tokens') ?? ''), String(fields.get('dollars') ?? ''));

export const budgetFieldStyles = css`
  .two {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr));
    gap: var(--space-2);
  }
`;
