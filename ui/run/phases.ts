import { css, html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import { keepSame, type Phase, phasesOf } from './model/phases.ts';
import type { CallPlace } from './script-call.ts';
import { isActive, type OpenRun } from './state/run.ts';
import './phase.ts';

type PhaseListProps = {
  open: OpenRun | null;
  approvals: Approvals | null;
  temporalUi: string | null;
};

/** The phases of a script with their calls. */
class PhaseList extends element<PhaseListProps>({ open: null, approvals: null, temporalUi: null }) {
  private phases: Phase[] = [];
  private phasesOf: unknown = null;
  private place: CallPlace = { runId: '', temporalUi: null, canRerun: false };

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      p {
        margin: 0;
        color: var(--muted);
        font-size: var(--text-s);
      }
    `,
  ];

  override willUpdate(): void {
    const { open, temporalUi } = this;
    if (!open?.view) return;
    const { view, runId } = open;
    if (this.phasesOf !== view) {
      this.phasesOf = view;
      this.phases = keepSame(this.phases, phasesOf(view));
    }
    const canRerun = !isActive(open);
    const { place } = this;
    if (place.runId !== runId || place.temporalUi !== temporalUi || place.canRerun !== canRerun) {
      this.place = { runId, temporalUi, canRerun };
    }
  }

  override render() {
    const { open, phases } = this;
    if (!open?.view) return '';
    if (phases.length === 0) return html`<p>The script has asked for nothing${isActive(open) ? ' yet' : ''}.</p>`;
    const { questions } = open.view;
    const alone = phases.length === 1 && phases[0]?.title === null;
    return html`<div @keydown=${this.pressed}>
      ${repeat(
        phases,
        ({ title }) => title ?? '',
        (phase) => html`<ev-phase
          .phase=${phase}
          .place=${this.place}
          .results=${open.results}
          .questions=${questions}
          .approvals=${this.approvals}
          .target=${open.target?.step ?? null}
          ?alone=${alone}
        ></ev-phase>`,
      )}
    </div>`;
  }

  /** Arrows, Home and End go from head to head, of phases and of calls. */
  private pressed(event: KeyboardEvent): void {
    const rows = [...this.renderRoot.querySelectorAll<HTMLElement>('ev-phase')].flatMap((phase) => [
      ...(phase.shadowRoot?.querySelector('.head') ? [phase] : []),
      ...(phase.shadowRoot?.querySelectorAll<HTMLElement>('ev-script-call') ?? []),
    ]);
    const [origin] = event.composedPath();
    if (!(origin instanceof HTMLElement) || !origin.classList.contains('head')) return;
    const root = origin.getRootNode();
    const at = rows.findIndex(({ shadowRoot }) => shadowRoot === root);
    if (at === -1) return;
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[Math.min(Math.max(to, 0), rows.length - 1)]?.focus();
  }
}

customElements.define('ev-phases', PhaseList);
