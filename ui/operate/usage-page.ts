import { css, html, nothing, type TemplateResult } from 'lit';
import type { RunRow } from '../../contracts/runs.ts';
import type { Settings } from '../../contracts/settings.ts';
import type { UsageDimension, UsageReport, UsageRow } from '../../contracts/usage-report.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { count, dollars, tokens } from '../parts/model/format.ts';
import { pageStyles } from '../parts/page.styles.ts';
import { pageHead } from '../parts/page-head.ts';
import { runLink, sessionLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import type { Measure } from './model/chart.ts';
import type { Parts } from './model/parts.ts';
import {
  addressOfUsage,
  dayChoices,
  daysFrom,
  dimensionChoices,
  firstDay,
  readUsageChoice,
  type UsageChoice,
} from './model/usage-query.ts';
import { partView } from './part-view.ts';
import './usage-chart.ts';

type UsagePageProps = {
  parts: Parts;
  search: string;
  runs: readonly RunRow[];
  compact: boolean;
  measure: Measure;
};

const names: Record<UsageDimension, string> = {
  day: 'Day',
  model: 'Model',
  key: 'Key',
  agent: 'Agent',
  flow: 'Flow or script',
  session: 'Session',
  run: 'Run',
  purpose: 'Purpose',
};
const none: Record<UsageDimension, string> = {
  day: '',
  model: 'unknown',
  key: 'no key',
  agent: 'unknown',
  flow: 'not in a run',
  session: 'unknown',
  run: 'not in a run',
  purpose: 'unknown',
};
const budgetWords: Record<string, string> = {
  'limits.turnTokens': 'One turn',
  'limits.turnDollars': 'One turn',
  'limits.sessionTokens': 'One session',
  'limits.sessionDollars': 'One session',
  'limits.runTokens': 'One run of a script',
};
const maxRows = 200;

/** What requests to models used and cost: by day as bars, by anything else as a table, as CSV; and what is allowed. */
class UsagePage extends element<UsagePageProps>(
  { parts: {}, search: '', runs: [], compact: false, measure: 'tokens' },
  'measure',
) {
  static override styles = [
    shared,
    pageStyles,
    css`
      .total {
        margin-bottom: var(--space-5);
      }
      .measure {
        display: inline-flex;
        gap: var(--space-1);
      }
      .measure button {
        min-height: 1.5rem;
        padding: 0 var(--space-2);
        border-color: transparent;
        background: none;
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .measure button[aria-pressed='true'] {
        background: var(--active);
        color: var(--fg);
      }
      .share {
        width: 7rem;
        min-width: 4rem;
      }
      .share {
        border-radius: 1px;
        background: var(--active);
      }
      dl + .scroll {
        margin-top: var(--space-5);
      }
      .share i {
        display: block;
        height: 0.375rem;
        min-width: 1px;
        border-radius: 1px;
        background: var(--state-running);
      }
      .share.over i {
        background: var(--state-failed);
      }
      @container (max-width: 40rem) {
        .wide {
          display: none;
        }
      }
    `,
  ];

  override render() {
    const choice = readUsageChoice(this.search);
    const days = daysFrom(firstDay(choice.days, new Date()), new Date());
    return html`${pageHead('Usage', this.tools(choice))}
      <div class="body">
        <section>
          ${partView(this.parts, 'usageDays', 'usage', (report) => html`${this.totals(report)}${this.chart(report, days)}`)}
        </section>
        <section>
          <h2>By ${names[choice.by].toLowerCase()}</h2>
          ${partView(this.parts, 'usageRows', 'usage', (report) => this.table(report, choice.by))}
        </section>
        <section>
          <h2>Budgets <small>limits set in everturn.yaml</small></h2>
          ${partView(this.parts, 'settings', 'budgets', (settings) => this.budgets(settings))}
        </section>
      </div>`;
  }

  private tools(choice: UsageChoice): TemplateResult {
    return html`<select aria-label="Added up by" @change=${(event: Event) => this.choose(choice, 'by', event)}>
        ${dimensionChoices.map((by) => html`<option value=${by} ?selected=${by === choice.by}>By ${names[by].toLowerCase()}</option>`)}
      </select>
      <select aria-label="Days" @change=${(event: Event) => this.choose(choice, 'days', event)}>
        ${dayChoices.map((days) => html`<option value=${days} ?selected=${days === choice.days}>${days === 1 ? 'Today (UTC)' : `Last ${days} days`}</option>`)}
      </select>
      <div class="end"><button @click=${() => request(this, 'download-usage', null)}>Download CSV</button></div>`;
  }

  private totals({ total }: UsageReport): TemplateResult {
    const cached = total.input > 0 ? Math.round((total.cacheRead / total.input) * 100) : 0;
    const isPartly = total.unpriced > 0 && total.cost !== null;
    return html`<dl class="facts total">
      ${this.fact('Requests', count(total.requests), total.estimated > 0 ? `${count(total.estimated)} estimated` : '')}
      ${this.fact('Input', tokens(total.input), total.input > 0 ? `${cached} % cached` : '')}
      ${this.fact('Output', tokens(total.output), total.reasoning > 0 ? `${tokens(total.reasoning)} reasoning` : '')}
      ${this.fact('Cost', total.cost === null ? 'unknown' : dollars(total.cost), isPartly ? `${count(total.unpriced)} requests without a price` : total.cost === null && total.requests > 0 ? 'no price is configured' : '')}
    </dl>`;
  }

  private fact(name: string, value: string, more: string): TemplateResult {
    return html`<div><dt>${name}</dt><dd>${value}${more ? html`<small>${more}</small>` : nothing}</dd></div>`;
  }

  private chart(report: UsageReport, days: readonly string[]): TemplateResult {
    if (report.total.requests === 0)
      return html`<p class="empty">No requests in this period. They appear here as soon as an agent answers.</p>`;
    const measure = report.total.cost === null ? 'tokens' : this.measure;
    const button = (one: Measure, words: string): TemplateResult =>
      html`<button aria-pressed=${one === measure} @click=${() => this.show(one)}>${words}</button>`;
    return html`${report.total.cost === null ? nothing : html`<h2 class="section">By day <span class="measure" role="group" aria-label="What the bars show">${button('tokens', 'Tokens')}${button('cost', 'Cost')}</span></h2>`}
      <ev-usage-chart .report=${report} .days=${days} .measure=${measure}></ev-usage-chart>`;
  }

  private show(measure: Measure): void {
    this.measure = measure;
  }

  private table({ rows, total, isCut }: UsageReport, by: UsageDimension): TemplateResult {
    if (rows.length === 0) return html`<p class="empty">Nothing to add up.</p>`;
    const shown = by === 'day' ? rows.toReversed().slice(0, maxRows) : rows.slice(0, maxRows);
    const all = total.input + total.output;
    const left = rows.length - shown.length;
    return html`<div class="scroll">
        <table>
          <thead>
            <tr>
              <th>${names[by]}</th><th class="number">Requests</th><th class="number wide">Input</th><th class="number wide">Cached</th><th class="number wide">Output</th><th class="number">Tokens</th><th class="number">Cost</th><th class="wide">Share of tokens</th>
            </tr>
          </thead>
          <tbody>
            ${shown.map((row) => this.row(row, by, all))}
          </tbody>
        </table>
      </div>
      ${left > 0 || isCut ? html`<p class="empty">${count(left)}${isCut ? ' or more' : ''} further rows are in the CSV.</p>` : nothing}`;
  }

  private row(row: UsageRow, by: UsageDimension, all: number): TemplateResult {
    const sum = row.input + row.output;
    return html`<tr>
      <td class="wrap">${this.name(row, by)}</td>
      <td class="number">${count(row.requests)}</td>
      <td class="number wide">${tokens(row.input)}</td>
      <td class="number wide muted">${row.input > 0 ? `${Math.round((row.cacheRead / row.input) * 100)} %` : ''}</td>
      <td class="number wide">${tokens(row.output)}</td>
      <td class="number">${row.estimated > 0 ? '~' : ''}${tokens(sum)}</td>
      <td class="number">${row.cost === null ? html`<span class="muted">unknown</span>` : dollars(row.cost)}</td>
      <td class="wide"><div class="share" title="${all > 0 ? ((sum / all) * 100).toFixed(1) : 0} %"><i .style=${`width: ${all > 0 ? (sum / all) * 100 : 0}%`}></i></div></td>
    </tr>`;
  }

  private name({ of, title }: UsageRow, by: UsageDimension): TemplateResult | string {
    const value = of[by] ?? null;
    if (value === null) return html`<span class="muted">${none[by]}</span>`;
    if (by === 'session') return title === null ? `${value} (deleted)` : sessionLink(value, visible(title || value));
    if (by === 'run')
      return title === null
        ? `${value} (deleted)`
        : runLink(value, html`${visible(title ?? '')} <span class="muted">${value}</span>`);
    return visible(value);
  }

  private budgets({ settings }: Settings): TemplateResult {
    const limits = settings.filter(({ path, value }) => path in budgetWords && value !== null);
    const spending = this.runs.filter(({ budget, status }) => budget !== null && status === 'running');
    return html`${
      limits.length === 0
        ? html`<p class="empty">No budget is set: turns and sessions use as much as they need. Add <code>turnDollars</code>, <code>sessionTokens</code> or the like under <code>limits</code> in everturn.yaml.</p>`
        : html`<dl class="facts">${limits.map(({ path, value }) => this.fact(budgetWords[path] ?? path, path.endsWith('Dollars') ? dollars(Number(value)) : `${tokens(Number(value))} tokens`, path))}</dl>`
    }
    ${spending.length === 0 ? nothing : html`<div class="scroll"><table><thead><tr><th>Run with a budget</th><th class="number">Used</th><th class="number">Budget</th><th class="number">Share</th><th><span class="hidden-text">Share as a bar</span></th></tr></thead><tbody>${spending.map((run) => this.spending(run))}</tbody></table></div>`}`;
  }

  private spending({ id, name, usage, budget }: RunRow): TemplateResult {
    const used = (usage?.input ?? 0) + (usage?.output ?? 0);
    const byCost = budget?.dollars !== undefined;
    const share = byCost ? (usage?.cost ?? 0) / (budget?.dollars ?? 1) : used / (budget?.tokens ?? 1);
    return html`<tr>
      <td>${runLink(id, visible(name))}</td>
      <td class="number">${byCost ? dollars(usage?.cost ?? 0) : tokens(used)}</td>
      <td class="number">${byCost ? dollars(budget?.dollars ?? 0) : tokens(budget?.tokens ?? 0)}</td>
      <td class="number">${Math.round(share * 100)} %</td>
      <td><div class="share ${share > 1 ? 'over' : ''}"><i .style=${`width: ${Math.min(100, share * 100)}%`}></i></div></td>
    </tr>`;
  }

  private choose(choice: UsageChoice, name: keyof UsageChoice, { target }: Event): void {
    if (!(target instanceof HTMLSelectElement)) return;
    const next = readUsageChoice(new URLSearchParams({ ...mapped(choice), [name]: target.value }).toString());
    request(this, 'go', { address: addressOfUsage(next) });
  }
}

const mapped = ({ by, days }: UsageChoice): Record<string, string> => ({ by, days: String(days) });

customElements.define('ev-usage-page', UsagePage);
