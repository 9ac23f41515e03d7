import { css, html, nothing } from 'lit';
import { hasEnded } from '../../contracts/run-view.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { count } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import { addressOfRun, type RunTab, runTabs } from '../shell/model/address.ts';
import type { OpenRun } from './state/run.ts';

type RunTabsProps = { open: OpenRun | null };

const words: Record<RunTab, string> = {
  overview: 'Overview',
  timeline: 'Timeline',
  graph: 'Graph',
  steps: 'Steps',
  result: 'Result',
  compare: 'Compare',
};

/** The views of a run, each with an address of its own. */
class RunTabs extends element<RunTabsProps>({ open: null }) {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        border-bottom: 1px solid var(--line);
        overflow-x: auto;
        scrollbar-width: none;
      }
      nav {
        display: flex;
        gap: var(--space-1);
        padding: 0 var(--space-4);
      }
      a {
        display: inline-flex;
        align-items: center;
        gap: var(--space-2);
        min-height: 2.125rem;
        padding: 0 var(--space-2);
        border-bottom: 2px solid transparent;
        border-radius: 0;
        color: var(--muted);
        font-size: var(--text-s);
        font-weight: 500;
        text-decoration: none;
        white-space: nowrap;
      }
      a:hover {
        color: var(--fg);
      }
      a:focus-visible {
        outline-offset: -3px;
      }
      a[aria-current] {
        border-color: var(--accent);
        color: var(--fg);
      }
      .number {
        padding: 0 0.35rem;
        border-radius: 8px;
        background: var(--active);
        color: var(--muted);
        font-size: var(--text-xs);
        line-height: 1.35;
      }
      .number.bad {
        background: var(--danger-soft);
        color: var(--danger);
      }
      .number.asks {
        background: var(--warn-soft);
        color: var(--warn);
      }
    `,
  ];

  /** On a narrow screen the views do not all fit. */
  override updated(changed: Map<PropertyKey, unknown>): void {
    const before = changed.get('open');
    if (before && typeof before === 'object' && 'tab' in before && before.tab === this.open?.tab) return;
    this.renderRoot.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  override render() {
    const { open } = this;
    if (!open) return nothing;
    return html`<nav aria-label="Views of the run" @keydown=${this.pressed}>
      ${runTabs.map(
        (tab) => html`<a
          href=${addressOfRun(open.runId, null, tab)}
          aria-current=${open.tab === tab ? 'page' : nothing}
          @click=${(event: MouseEvent) => this.go(event, tab)}
          >${tab === 'steps' && open.view?.script ? 'Calls' : words[tab]}${this.number(open, tab)}</a
        >`,
      )}
    </nav>`;
  }

  /** What makes a view worth opening: steps that failed, questions that wait, a result that is there. */
  private number({ view }: OpenRun, tab: RunTab) {
    if (!view) return nothing;
    if (tab === 'overview' && view.questions.length > 0) {
      const number = count(view.questions.length);
      return html`<span class="number asks" title="Waiting for you">${number}<span class="hidden-text"> waiting for you</span></span>`;
    }
    if (tab !== 'steps') return nothing;
    const nodes = Object.values(view.nodes);
    const failed = nodes.filter(({ status }) => status === 'failed' || status === 'timed_out').length;
    if (failed > 0) return html`<span class="number bad">${count(failed)} failed</span>`;
    const all = view.script ? nodes.length : view.steps.length;
    return html`<span class="number" title="${count(nodes.filter(({ status }) => hasEnded(status)).length)} have ended">${count(all)}</span>`;
  }

  private go(event: MouseEvent, tab: RunTab): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0 || !this.open) return;
    event.preventDefault();
    request(this, 'open-run', { id: this.open.runId, tab });
  }

  /** Left and right go from tab to tab. */
  private pressed(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...this.renderRoot.querySelectorAll('a')];
    const at = links.indexOf(event.target as HTMLAnchorElement);
    event.preventDefault();
    links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
  }
}

customElements.define('ev-run-tabs', RunTabs);
