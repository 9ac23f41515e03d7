import { css, html, nothing, type PropertyValues } from 'lit';
import type { BackgroundCommand } from '../../contracts/command-result.ts';
import { type TodoItem, todoIn } from '../../contracts/todo.ts';
import type { SessionView } from '../../contracts/view.ts';
import { visible } from '../../contracts/visible.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { type IconName, icon } from '../parts/icons.ts';
import { tailOf } from '../parts/model/lines.ts';
import { withoutTerminalCodes } from '../parts/model/terminal-codes.ts';
import { shared } from '../parts/shared.styles.ts';
import { toggled } from './model/toggled.ts';
import '../parts/elapsed.ts';
import '../parts/long-text.ts';

const lookMs = 2_000;
const lastLines = 3;

const todoSigns: Record<TodoItem['status'], { sign: IconName; words: string }> = {
  open: { sign: 'circle', words: 'open' },
  doing: { sign: 'play', words: 'in progress' },
  done: { sign: 'check', words: 'done' },
};

const endOf = ({ status, exitCode, signal }: BackgroundCommand): string => {
  if (status === 'running') return 'running';
  if (status === 'lost') return 'lost with its worker';
  if (signal !== null) return `ended by ${signal}`;
  return status === 'stopped' ? 'stopped' : `exit code ${exitCode ?? 'unknown'}`;
};

type TasksProps = {
  view: SessionView | null;
  commands: readonly BackgroundCommand[] | null;
  locked: string | null;
  opened: ReadonlySet<string>;
};

/** What the agent has on its list, and the commands that it runs in the background. */
class Tasks extends element<TasksProps>({ view: null, commands: null, locked: null, opened: new Set() }, 'opened') {
  private todo: readonly TodoItem[] = [];
  private looking: ReturnType<typeof setInterval> | undefined;

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        padding: var(--space-3) var(--space-4) var(--space-5);
        font-size: var(--text-s);
      }
      h2 {
        margin: 0 0 var(--space-2);
        color: var(--muted);
        font-size: var(--text-xs);
        font-weight: 500;
      }
      section + section {
        margin-top: var(--space-5);
      }
      ol {
        display: grid;
        gap: var(--space-2);
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .todo li {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: var(--space-2);
        align-items: baseline;
        overflow-wrap: anywhere;
      }
      .todo svg {
        position: relative;
        top: 2px;
      }
      .doing {
        font-weight: 500;
      }
      .doing svg {
        color: var(--state-running);
      }
      .done {
        color: var(--muted);
      }
      .done svg {
        color: var(--state-completed);
      }
      .command {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-1) var(--space-3);
        align-items: center;
        padding-bottom: var(--space-2);
        border-bottom: 1px solid var(--line);
      }
      .command .link {
        justify-self: end;
      }
      .line {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .facts,
      .empty {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-xs);
      }
      .bad {
        color: var(--state-failed);
      }
      pre,
      ev-long-text {
        grid-column: 1 / -1;
      }
      pre {
        margin: 0;
        padding: var(--space-2);
        overflow: hidden;
        border-radius: var(--radius-s);
        background: var(--sunken);
        font-size: var(--text-xs);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    request(this, 'load-commands', null);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.looking);
    this.looking = undefined;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('view');
    if (changed.has('view') && before?.chunks !== this.view?.chunks) {
      this.todo = this.view ? todoIn(this.view.chunks) : [];
      if (before) request(this, 'load-commands', null);
    }
    // What a command writes comes with no event.
    const isRunning = this.commands?.some(({ status }) => status === 'running') === true;
    if (isRunning) this.looking ??= setInterval(() => request(this, 'load-commands', null), lookMs);
    else {
      clearInterval(this.looking);
      this.looking = undefined;
    }
  }

  override render() {
    const done = this.todo.filter(({ status }) => status === 'done').length;
    return html`<section aria-label="To-do list">
        <h2>To-do list${this.todo.length > 0 ? ` · ${done} of ${this.todo.length} done` : ''}</h2>
        ${
          this.todo.length === 0
            ? html`<p class="empty">The agent has not written a list.</p>`
            : html`<ol class="todo">${this.todo.map(({ text, status }) => {
                const { sign, words } = todoSigns[status];
                return html`<li class=${status}>${icon(sign, 12)}<span><span class="hidden-text">${words}: </span>${visible(text)}</span></li>`;
              })}</ol>`
        }
      </section>
      <section aria-label="Background commands">
        <h2>Background commands</h2>
        ${
          this.commands === null
            ? html`<p class="empty" role="status">Loading commands…</p>`
            : this.commands.length === 0
              ? html`<p class="empty">No background commands.</p>`
              : html`<ol>${this.commands.toReversed().map((command) => this.command(command))}</ol>`
        }
      </section>`;
  }

  private command(command: BackgroundCommand) {
    const { id, argv, description, status, startedAt, endedAt, output, exitCode } = command;
    const isShown = this.opened.has(id);
    const isBad = status === 'lost' || (exitCode !== null && exitCode !== 0);
    const last = withoutTerminalCodes(tailOf(output.trimEnd(), lastLines, 600).tail);
    return html`<li class="command">
      <code class="line" title=${argv.join(' ')}>${visible(argv.join(' '))}</code>
      ${
        status === 'running'
          ? html`<button ?disabled=${this.locked !== null} aria-label="Stop ${argv.join(' ')}" @click=${() => request(this, 'stop-command', { id })}>${icon('stop', 12)}Stop</button>`
          : html`<span></span>`
      }
      <p class="facts numbers">
        <span class=${isBad ? 'bad' : ''}>${endOf(command)}</span> · <ev-elapsed .from=${startedAt} .to=${endedAt}></ev-elapsed>${description ? ` · ${visible(description)}` : nothing}
      </p>
      ${output === '' ? nothing : html`<button class="link" aria-expanded=${isShown} @click=${() => this.toggle(id)}>${isShown ? 'Hide output' : 'Output'}</button>`}
      ${
        isShown
          ? html`<ev-long-text .text=${withoutTerminalCodes(output)} label="Output"></ev-long-text>`
          : status === 'running' && last
            ? html`<pre>${last}</pre>`
            : nothing
      }
    </li>`;
  }

  private toggle(id: string): void {
    this.opened = toggled(this.opened, id);
  }
}

customElements.define('ev-tasks', Tasks);
