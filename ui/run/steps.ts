import { css, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { DeclaredStep } from '../../contracts/runs.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import { batchWords, branchesOf, groupsOf } from './model/steps.ts';
import { isActive, type OpenRun } from './state/run.ts';
import type { StepPlace } from './step.ts';
import './step.ts';

type StepListProps = {
  open: OpenRun | null;
  approvals: Approvals | null;
  temporalUi: string | null;
  /** Made once for each declaration and state of the run: a step is drawn again only when something of it changed. */
};

/** The steps of a run in declared order; those beside each other that need the same stand under one line. */
class StepList extends element<StepListProps>({ open: null, approvals: null, temporalUi: null }) {
  private places = new Map<string, StepPlace>();
  private placesOf: unknown[] = [];

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .group {
        margin-bottom: var(--space-3);
      }
      h2 {
        margin: 0 0 var(--space-1);
        color: var(--muted);
        font-size: var(--text-xs);
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      .box {
        border-top: 1px solid var(--line);
        overflow: clip;
      }
      ev-step + ev-step {
        border-top: 1px solid var(--line);
      }
    `,
  ];

  override willUpdate(): void {
    const { open, temporalUi } = this;
    if (!open?.view) return;
    const { steps, batches } = open.view;
    const canRerun = !isActive(open);
    const made = [open.runId, steps, canRerun, temporalUi];
    if (made.every((part, at) => part === this.placesOf[at])) return;
    this.placesOf = made;
    const branches = branchesOf(steps);
    this.places = new Map(
      steps.map(({ id, batch }) => {
        const taken = (branches[id] ?? []).map(({ label, when }) => ({
          words: label,
          title: when,
          sign: 'branch' as const,
        }));
        const group =
          batch === null ? [] : [{ words: batch, title: batchWords(batch, batches), sign: 'layers' as const }];
        return [id, { runId: open.runId, marks: [...taken, ...group], temporalUi, canRerun }];
      }),
    );
  }

  override render() {
    const steps = this.open?.view?.steps ?? [];
    if (steps.length === 0) return html`<p>The run has no steps.</p>`;
    const groups = groupsOf(steps);
    return html`<div @keydown=${this.pressed}>
      ${repeat(
        groups,
        ({ steps: [first] }) => first?.id,
        ({ needs, steps: members }) => html`<div class="group">
          ${groups.length > 1 ? html`<h2>${needs.length === 0 ? 'At the start' : `After ${needs.join(', ')}`}</h2>` : nothing}
          <div class="box">
            ${repeat(
              members,
              ({ id }) => id,
              (step) => this.step(step),
            )}
          </div>
        </div>`,
      )}
    </div>`;
  }

  private step(step: DeclaredStep) {
    const { open } = this;
    if (!open?.view) return nothing;
    const { view, items, results, target } = open;
    const question = view.questions.find((asked) => asked.step === step.id);
    const isTarget = target?.step === step.id;
    return html`<ev-step
      .step=${step}
      .node=${view.nodes[step.id]}
      .counts=${view.items[step.id]}
      .question=${question}
      .approvals=${question ? this.approvals : null}
      .list=${items[step.id] ?? null}
      .results=${results}
      .place=${this.places.get(step.id) ?? null}
      .target=${isTarget ? (target.index ?? -1) : null}
    ></ev-step>`;
  }

  /** Arrows, Home and End go from step to step. */
  private pressed(event: KeyboardEvent): void {
    const rows = [...this.renderRoot.querySelectorAll<HTMLElement>('ev-step')];
    const [origin] = event.composedPath();
    const at = rows.indexOf(event.target as HTMLElement);
    if (at === -1 || !(origin instanceof HTMLElement) || !origin.classList.contains('head')) return;
    const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 };
    const to = moves[event.key];
    if (to === undefined || origin.getRootNode() !== rows[at]?.shadowRoot) return;
    event.preventDefault();
    rows[Math.min(Math.max(to, 0), rows.length - 1)]?.focus();
  }
}

customElements.define('ev-steps', StepList);
