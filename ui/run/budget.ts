import { css, html, nothing, type TemplateResult } from 'lit';
import type { Budget } from '../../contracts/script.ts';
import type { UsageTotals } from '../../contracts/usage.ts';
import { count, dollars, tokens } from '../parts/model/format.ts';

const meter = (what: string, spent: number, total: number, words: string, title: string): TemplateResult => {
  const share = Math.min(1, spent / total);
  const tone = share >= 1 ? 'spent' : share >= 0.8 ? 'near' : '';
  return html`<span class="budget ${tone}" title=${title}>
    <span class="meter" role="meter" aria-label="Budget in ${what}" aria-valuemin="0" aria-valuemax=${total} aria-valuenow=${Math.min(spent, total)} aria-valuetext=${words}><i .style=${`width: ${share * 100}%`}></i></span>
    ${words}${share >= 1 ? ', spent' : nothing}
  </span>`;
};

/** What a run has used of what it may use. */
export const budgetMeters = (budget: Budget, usage: UsageTotals, all: string): TemplateResult => {
  const spent = usage.input + usage.output;
  const { tokens: most, dollars: dearest } = budget;
  return html`
    ${most === undefined ? nothing : meter('tokens', spent, most, `${tokens(spent)} of ${tokens(most)} tokens`, `${count(spent)} of ${count(most)} tokens\n${all}`)}
    ${dearest === undefined ? nothing : meter('dollars', usage.cost ?? 0, dearest, `${dollars(usage.cost ?? 0)} of ${dollars(dearest)}`, `As far as models have prices\n${all}`)}
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
    background: var(--state-running);
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
