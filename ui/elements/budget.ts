import { css, html, nothing, type TemplateResult } from 'lit';
import type { Budget } from '../../contracts/script.ts';
import type { UsageTotals } from '../../contracts/usage.ts';
import { count, dollars, tokens } from '../model/format.ts';

const meter = (what: string, spent: number, total: number, words: string, exact: string): TemplateResult => {
  const share = Math.min(1, spent / total);
  const tone = share >= 1 ? 'spent' : share >= 0.8 ? 'near' : '';
  return html`<span class="budget ${tone}" title="${exact} of the budget">
    <span class="meter" role="meter" aria-label="Budget in ${what}" aria-valuemin="0" aria-valuemax=${total} aria-valuenow=${Math.min(spent, total)} aria-valuetext=${words}><i .style=${`width: ${share * 100}%`}></i></span>
    ${words}${share >= 1 ? ', spent' : nothing}
  </span>`;
};

/** What a run has used of what it may use. */
export const budgetMeters = (budget: Budget, usage: UsageTotals): TemplateResult => {
  const spent = usage.input + usage.output;
  return html`
    ${budget.tokens === undefined ? nothing : meter('tokens', spent, budget.tokens, `${tokens(spent)} of ${tokens(budget.tokens)} tokens`, `${count(spent)} of ${count(budget.tokens)} tokens`)}
    ${budget.dollars === undefined ? nothing : meter('dollars', usage.cost, budget.dollars, `${dollars(usage.cost)} of ${dollars(budget.dollars)}`, `${dollars(usage.cost)} of ${dollars(budget.dollars)}`)}
  `;
};

export const budgetStyles = css`
  .budget {
    display: inline-flex;
    align-items: center;
    gap: var(--space-2);
    white-space: nowrap;
  }
  .meter {
    width: 4.5rem;
    height: 0.375rem;
    border-radius: 3px;
    background: var(--active);
    overflow: hidden;
  }
  .meter i {
    display: block;
    height: 100%;
    background: var(--accent);
  }
  .budget.near {
    color: var(--warn);
  }
  .near .meter i {
    background: var(--warn);
  }
  .budget.spent {
    color: var(--danger);
    font-weight: 600;
  }
  .spent .meter i {
    background: var(--danger);
  }
`;
