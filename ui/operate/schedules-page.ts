import { html, nothing, type TemplateResult } from 'lit';
import type { Schedule } from '../../contracts/runs.ts';
import type { TrustState } from '../../contracts/trust.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { count, moment, plural } from '../parts/model/format.ts';
import { serverNow } from '../parts/model/server-clock.ts';
import { pageStyles } from '../parts/page.styles.ts';
import { pageHead } from '../parts/page-head.ts';
import { runLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { stateMark, stateMarkStyles } from '../parts/state-mark.ts';
import type { Parts } from './model/parts.ts';
import { until } from './model/until.ts';
import { partView } from './part-view.ts';
import '../parts/time.ts';

type SchedulesPageProps = {
  parts: Parts;
  /** Why nothing may be changed. */
  locked: string | null;
  compact: boolean;
  /** What the project would start by itself, were it trusted. */
  grants: TrustState['grants'];
};

const overlapWords: Record<Schedule['overlap'], string> = {
  skip: 'skips the start',
  buffer_one: 'queues one start',
  buffer_all: 'queues every start',
  cancel_other: 'cancels the running one',
  allow_all: 'starts anyway',
};

/** The flows that start by the clock: when next, how the last run ended; pause, resume, start now. */
class SchedulesPage extends element<SchedulesPageProps>({ parts: {}, locked: null, compact: false, grants: [] }) {
  static override styles = [shared, pageStyles, stateMarkStyles];

  override render() {
    return html`${pageHead('Schedules')}
      <div class="body">
        <section>${partView(this.parts, 'schedules', 'schedules', (schedules) => this.table(schedules))}</section>
      </div>`;
  }

  private table(schedules: readonly Schedule[]): TemplateResult {
    const waits = this.grants.filter(({ kind }) => kind === 'schedule');
    if (schedules.length === 0 && waits.length > 0)
      return html`<p class="empty">${plural(waits.length, 'schedule waits', 'schedules wait')} for your trust: ${waits.map(({ file }, at) => html`${at > 0 ? ', ' : ''}<code>${visible(file)}</code>`)}. To allow ${waits.length === 1 ? 'it' : 'them'}, run <code>npx everturn trust</code> in the project.</p>`;
    if (schedules.length === 0)
      return html`<p class="empty">No flow has a schedule. Add <code>schedule: { cron: '0 4 * * *' }</code> to a flow’s file in <code>.everturn/flows/</code>.</p>`;
    return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Flow</th><th>Next start</th><th>Last run</th><th>Cron</th><th>Time zone</th><th>While one runs</th><th class="number">Skipped</th><th><span class="hidden-text">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${schedules.map((schedule) => this.row(schedule))}
        </tbody>
      </table>
    </div>`;
  }

  private row(schedule: Schedule): TemplateResult {
    const { flow, cron, timeZone, overlap, paused, nextRuns, lastRun, skipped = 0 } = schedule;
    const [next] = nextRuns;
    const verb = paused ? 'resume' : 'pause';
    return html`<tr>
      <td class="short"><b>${visible(flow)}</b></td>
      <td class="short">${paused ? html`<span class="warn">paused</span>` : next ? html`<time datetime=${next} title=${nextRuns.slice(0, 5).map(moment).join('\n')}>${until(next, serverNow())}</time>` : html`<span class="muted">none</span>`}</td>
      <td class="short">
        ${
          lastRun
            ? html`${stateMark(lastRun.waiting ? 'waiting' : lastRun.status)}
                ${runLink(lastRun.id, html`<ev-time at=${lastRun.createdAt}></ev-time>`, null, 'To the run')}`
            : html`<span class="muted">never</span>`
        }
      </td>
      <td class="short"><code>${cron}</code></td>
      <td class="short muted">${timeZone}</td>
      <td class="short muted">${overlapWords[overlap]}</td>
      <td class="number muted">${skipped > 0 ? count(skipped) : nothing}</td>
      <td class="act">
        <button ?disabled=${this.locked !== null} title=${this.locked ?? nothing} @click=${() => request(this, 'change-schedule', { flow, verb })}>
          ${icon(paused ? 'play' : 'pause', 12)}${paused ? 'Resume' : 'Pause'}
        </button>
        <button ?disabled=${this.locked !== null} title=${this.locked ?? nothing} @click=${() => request(this, 'change-schedule', { flow, verb: 'trigger' })}>
          ${icon('bolt', 12)}Start now
        </button>
      </td>
    </tr>`;
  }
}

customElements.define('ev-schedules-page', SchedulesPage);
