import { css, html, nothing, type TemplateResult } from 'lit';
import type { Health } from '../../contracts/api.ts';
import type { EverturnError } from '../../contracts/errors.ts';
import { type Key, type KeyMark, reasonWords } from '../../contracts/keys.ts';
import type { StackReport, TaskQueue } from '../../contracts/stack.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { bytes, count, duration, moment, plural } from '../parts/model/format.ts';
import { pageStyles } from '../parts/page.styles.ts';
import { pageHead } from '../parts/page-head.ts';
import { shared } from '../parts/shared.styles.ts';
import { type Finding, findings } from './model/findings.ts';
import type { Parts } from './model/parts.ts';
import { partView } from './part-view.ts';
import '../parts/elapsed.ts';
import '../parts/time.ts';

type HealthPageProps = {
  parts: Parts;
  health: Health | null;
  unhealthy: EverturnError | null;
  locked: string | null;
  compact: boolean;
};

const gigabytes = (value: number): string => (value >= 1e9 ? `${(value / 1e9).toFixed(1)} GB` : bytes(value));
/** Backlogs that are older than this are worth a look. */
const slowMs = 10_000;

/** How the stack is: what is wrong first, then its processes, workers, queues, keys and disks. Reads itself again. */
class HealthPage extends element<HealthPageProps>({
  parts: {},
  health: null,
  unhealthy: null,
  locked: null,
  compact: false,
}) {
  static override styles = [
    shared,
    pageStyles,
    css`
      ul {
        display: grid;
        gap: var(--space-1);
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: var(--text-s);
      }
      .two {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
        gap: var(--space-6) var(--space-7);
        align-items: start;
      }
      .all-well {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        margin: 0 0 var(--space-4);
        color: var(--ok);
      }
      .found {
        margin-bottom: var(--space-5);
      }
      .meter {
        width: 8rem;
        height: 0.375rem;
        border-radius: 1px;
        background: var(--active);
      }
      .meter i {
        display: block;
        height: 100%;
        border-radius: 1px;
        background: var(--state-completed);
      }
      .meter.full i {
        background: var(--state-failed);
      }
      .said {
        color: var(--muted);
        font-size: var(--text-xs);
      }
    `,
  ];

  override render() {
    const stack = this.parts.stack?.value ?? null;
    return html`${pageHead('Health', html`<div class="end muted">${stack ? html`Updated <ev-time at=${stack.at}></ev-time>` : nothing}</div>`)}
      <div class="body">
        <section>
          ${this.verdict(stack)}
          ${partView(this.parts, 'stack', 'the state of the stack', (report) => this.facts(report))}
        </section>
        <div class="two">
          <section><h2>Keys <small>for model providers</small></h2>${partView(this.parts, 'keys', 'keys', (keys) => this.keys(keys))}</section>
          ${stack ? html`${this.queues(stack)}${this.workers(stack)}${this.processes(stack)}${this.restarts(stack)}${this.disks(stack)}` : nothing}
        </div>
      </div>`;
  }

  /** One look tells whether something is wrong, and what. */
  private verdict(stack: StackReport | null): TemplateResult | typeof nothing {
    const wrong = findings({
      health: this.health,
      unhealthy: this.unhealthy,
      stack,
      keys: this.parts.keys?.value ?? [],
    });
    if (!this.health && !this.unhealthy) return nothing;
    if (wrong.length === 0) return html`<p class="all-well">${icon('check')} Everything works.</p>`;
    return html`<div role="alert"><ul class="found">
      ${wrong.map(({ isBad, words }: Finding) => html`<li class=${isBad ? 'bad' : 'warn'}><i class="dot ${isBad ? 'bad' : 'warn'}"></i>${visible(words)}</li>`)}
    </ul></div>`;
  }

  private facts({ waiting, eventLagMs, database, api }: StackReport): TemplateResult {
    const { health } = this;
    return html`<dl class="facts">
      ${this.fact('Postgres', health?.postgres === false ? 'not reachable' : 'connected', database ? `${gigabytes(database.bytes)}, ${plural(database.connections, 'connection')}` : '')}
      ${this.fact('Temporal', health?.temporal === false ? 'not reachable' : 'connected', health?.temporalUi ? html`<a href=${health.temporalUi} target="_blank" rel="noopener">Temporal UI</a>` : '')}
      ${this.fact('Workers', health ? `${health.workers} + ${health.scriptWorkers}` : '…', 'agents and flows, plus scripts')}
      ${this.fact('Event log', eventLagMs === null ? 'behind' : duration(eventLagMs), 'from write to reader')}
      ${this.fact('Messages waiting', count(waiting.messages), '')}
      ${this.fact('Runs queued', count(waiting.runs), '')}
      ${this.fact('Background agents queued', count(waiting.subagents), '')}
      ${this.fact('API', html`up <ev-elapsed .from=${api.startedAt}></ev-elapsed>`, `${bytes(api.memoryBytes)}, process ${api.pid}, ${health ? `version ${health.version}` : ''}`)}
    </dl>`;
  }

  private fact(name: string, value: TemplateResult | string, more: TemplateResult | string): TemplateResult {
    return html`<div><dt>${name}</dt><dd>${value}${more === '' ? nothing : html`<small>${more}</small>`}</dd></div>`;
  }

  private keys(keys: readonly Key[]): TemplateResult {
    if (keys.length === 0)
      return html`<p class="empty">No key is configured: the built-in offline model answers. Add one under <code>keys</code> in everturn.yaml.</p>`;
    return html`<div class="scroll"><table>
      <thead><tr><th>Key</th><th>Models</th><th>State</th><th><span class="hidden-text">Action</span></th></tr></thead>
      <tbody>${keys.map((key) => this.key(key))}</tbody>
    </table></div>`;
  }

  private key({ name, baseUrl, models, marks }: Key): TemplateResult {
    return html`<tr>
      <td class="short"><b title=${baseUrl}>${visible(name)}</b></td>
      <td class="wrap muted">${visible(models.join(', ') || 'none')}</td>
      <td class="wrap">${marks.length === 0 ? html`<i class="dot"></i>in use` : marks.map((one) => this.mark(one))}</td>
      <td class="act">
        ${marks.length === 0 ? nothing : html`<button ?disabled=${this.locked !== null} title=${this.locked ?? 'Use the key again now'} @click=${() => request(this, 'clear-key', { name })}>Unmark</button>`}
      </td>
    </tr>`;
  }

  private mark({ model, reason, until, failures, said }: KeyMark): TemplateResult {
    return html`<div><i class="dot bad"></i>${reasonWords[reason]}${model === null ? nothing : html` for ${visible(model)}`}, ${plural(failures, 'failure')}, resting until <time datetime=${until}>${moment(until)}</time></div>
      ${said ? html`<div class="said">${visible(said)}</div>` : nothing}`;
  }

  private queues({ queues }: StackReport): TemplateResult {
    return html`<section><h2>Task queues <small>in Temporal</small></h2>
      ${
        queues === null
          ? html`<p class="empty bad">Temporal does not answer, so its queues are unknown.</p>`
          : html`<div class="scroll"><table>
              <thead><tr><th>Queue</th><th>Kind</th><th class="number">Pollers</th><th class="number">Backlog</th><th class="number">Oldest</th></tr></thead>
              <tbody>${queues.map((queue) => this.queue(queue))}</tbody>
            </table></div>`
      }
    </section>`;
  }

  private queue({ name, kind, pollers, backlog, oldestMs }: TaskQueue): TemplateResult {
    const isSlow = (oldestMs ?? 0) > slowMs && (backlog ?? 0) > 0;
    return html`<tr>
      <td class="short">${name}</td><td class="muted">${kind}</td>
      <td class="number ${pollers === 0 ? 'bad' : ''}">${count(pollers)}</td>
      <td class="number ${isSlow ? 'warn' : ''}">${backlog === null ? 'unknown' : count(backlog)}</td>
      <td class="number ${isSlow ? 'warn' : 'muted'}">${backlog && oldestMs !== null ? duration(oldestMs) : ''}</td>
    </tr>`;
  }

  private workers({ workers }: StackReport): TemplateResult {
    return html`<section><h2>Workers</h2>
      ${
        workers.length === 0
          ? html`<p class="empty bad">No worker is running. Messages and runs are kept and continue when one is back.</p>`
          : html`<div class="scroll"><table>
              <thead><tr><th>Worker</th><th>For</th><th>Host</th><th class="number">Open tasks</th><th class="number">Up</th><th class="number">Last seen</th></tr></thead>
              <tbody>
                ${workers.map(
                  ({ id, kind, host, startedAt, silentMs, open }) => html`<tr>
                    <td class="short"><i class="dot ${silentMs > 5000 ? 'bad' : ''}"></i>${id}</td>
                    <td class="muted">${kind}</td><td class="muted">${host}</td>
                    <td class="number">${count(open)}</td>
                    <td class="number"><ev-elapsed .from=${startedAt}></ev-elapsed></td>
                    <td class="number ${silentMs > 5000 ? 'bad' : ''}">${duration(silentMs)} ago</td>
                  </tr>`,
                )}
              </tbody>
            </table></div>`
      }
    </section>`;
  }

  private processes({ supervisor }: StackReport): TemplateResult {
    if (supervisor === null)
      return html`<section><h2>Processes</h2><p class="empty">This API was not started by <code>everturn up</code>, so it does not know the other processes.</p></section>`;
    return html`<section><h2>Processes <small>kept by the supervisor, process ${supervisor.pid}, up <ev-elapsed .from=${supervisor.startedAt}></ev-elapsed></small></h2>
      <div class="scroll"><table>
        <thead><tr><th>Process</th><th class="number">Process id</th><th class="number">Up</th><th class="number">Memory</th></tr></thead>
        <tbody>
          ${supervisor.processes.map(({ name, pid, startedAt, memoryBytes }) => html`<tr><td>${name}</td><td class="number muted">${pid}</td><td class="number"><ev-elapsed .from=${startedAt}></ev-elapsed></td><td class="number">${memoryBytes === null ? '' : bytes(memoryBytes)}</td></tr>`)}
        </tbody>
      </table></div>
    </section>`;
  }

  private restarts({ supervisor }: StackReport): TemplateResult | typeof nothing {
    if (supervisor === null) return nothing;
    return html`<section><h2>Restarts <small>since the stack was started</small></h2>
      ${
        supervisor.restarts.length === 0
          ? html`<p class="empty">No process had to be restarted.</p>`
          : html`<div class="scroll"><table>
              <thead><tr><th>Process</th><th>Ended</th><th>Cause</th><th class="number">Back after</th></tr></thead>
              <tbody>
                ${supervisor.restarts.map(({ process, at, how, backAfterMs }) => html`<tr><td>${process}</td><td class="short"><ev-time at=${at}></ev-time></td><td class="short muted">${how}</td><td class="number ${backAfterMs === null ? 'warn' : ''}">${backAfterMs === null ? 'not yet' : duration(backAfterMs)}</td></tr>`)}
              </tbody>
            </table></div>`
      }
    </section>`;
  }

  private disks({ disks }: StackReport): TemplateResult {
    return html`<section><h2>Disk</h2>
      <div class="scroll"><table>
        <thead><tr><th>Holds</th><th>Folder</th><th class="number">Free</th><th>Used</th></tr></thead>
        <tbody>
          ${disks.map(
            ({ of, folder, free, size }) => html`<tr>
            <td class="short">${of}</td><td class="wrap muted"><code>${visible(folder)}</code></td>
            <td class="number ${free < size * 0.05 ? 'bad' : ''}">${gigabytes(free)} of ${gigabytes(size)}</td>
            <td><div class="meter ${free < size * 0.05 ? 'full' : ''}"><i .style=${`width: ${size > 0 ? (1 - free / size) * 100 : 0}%`}></i></div></td>
          </tr>`,
          )}
        </tbody>
      </table></div>
    </section>`;
  }
}

customElements.define('ev-health-page', HealthPage);
