import { css, html, nothing, type TemplateResult } from 'lit';
import type { UsageReport } from '../../contracts/usage-report.ts';
import { element } from '../parts/element.ts';
import { dollars, tokens } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import { type Bar, chartOf, type Measure, type Series } from './model/chart.ts';

type UsageChartProps = {
  report: UsageReport | null;
  days: readonly string[];
  measure: Measure;
};

const words: Record<Series, string> = {
  cached: 'Cached input',
  input: 'Input',
  output: 'Output',
  cost: 'Cost',
};
const legend: Record<Measure, readonly Series[]> = { tokens: ['output', 'input', 'cached'], cost: ['cost'] };
const short = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** A bar for each day. The numbers stand in the table below, and on each bar. */
class UsageChart extends element<UsageChartProps>({ report: null, days: [], measure: 'tokens' }) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        font-size: var(--text-xs);
      }
      .plot {
        position: relative;
        height: 11rem;
        margin-left: 3.25rem;
        border-bottom: 1px solid var(--line-strong);
      }
      .tick {
        position: absolute;
        right: 0;
        left: 0;
        border-top: 1px solid var(--line);
      }
      .tick span {
        position: absolute;
        right: 100%;
        width: 3rem;
        padding-right: var(--space-2);
        color: var(--muted);
        text-align: right;
        transform: translateY(-50%);
        font-variant-numeric: tabular-nums;
      }
      .bars {
        position: absolute;
        inset: 0;
        display: flex;
        align-items: stretch;
        gap: clamp(0px, 0.3cqw, 4px);
      }
      .bar {
        display: flex;
        flex: 1 1 0;
        flex-direction: column-reverse;
        min-width: 1px;
        max-width: 3rem;
        margin-inline: auto;
      }
      .bar:hover {
        background: var(--hover);
      }
      .bar i {
        flex: none;
      }
      .cached {
        background: var(--state-reused);
      }
      .input {
        background: var(--state-running);
      }
      .output {
        background: var(--state-completed);
      }
      .cost {
        background: var(--state-running);
      }
      .dates {
        display: flex;
        justify-content: space-between;
        margin: var(--space-1) 0 0 3.25rem;
        color: var(--muted);
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1) var(--space-4);
        margin: var(--space-3) 0 0 3.25rem;
        padding: 0;
        color: var(--muted);
        list-style: none;
      }
      li i {
        display: inline-block;
        width: 0.625rem;
        height: 0.625rem;
        margin-right: var(--space-2);
        border-radius: 2px;
      }
    `,
  ];

  override render(): TemplateResult | typeof nothing {
    const { report, days, measure } = this;
    if (!report) return nothing;
    const { bars, most, ticks } = chartOf(days, report, measure);
    const write = measure === 'cost' ? dollars : tokens;
    const label = `${measure === 'cost' ? 'Cost' : 'Tokens'} by day, at most ${write(Math.max(0, ...bars.map(({ total }) => total)))}`;
    return html`<div class="plot" role="img" aria-label=${label}>
        ${ticks.map((tick) => html`<div class="tick" .style=${`bottom: ${(tick / most) * 100}%`}><span>${write(tick)}</span></div>`)}
        <div class="bars">${bars.map((bar) => this.bar(bar, write))}</div>
      </div>
      <div class="dates"><span>${this.date(days[0])}</span><span>${days.length > 2 ? this.date(days[Math.floor(days.length / 2)]) : nothing}</span><span>${days.length > 1 ? this.date(days.at(-1)) : nothing}</span></div>
      <ul aria-hidden="true">
        ${legend[measure].map((one) => html`<li><i class=${one}></i>${words[one]}</li>`)}
      </ul>`;
  }

  private bar({ day, total, parts }: Bar, write: (value: number) => string): TemplateResult {
    const lines = parts.toReversed().map(({ series, value }) => `${words[series]}: ${write(value)}`);
    const title = [`${this.date(day)}: ${total === 0 ? 'nothing' : write(total)}`, ...(parts.length > 1 ? lines : [])];
    return html`<div class="bar" title=${title.join('\n')}>
      ${parts.map(({ series, share }) => html`<i class=${series} .style=${`height: ${share * 100}%`}></i>`)}
    </div>`;
  }

  private date(day: string | undefined): string {
    return day === undefined ? '' : short.format(Date.parse(`${day}T00:00:00Z`));
  }
}

customElements.define('ev-usage-chart', UsageChart);
