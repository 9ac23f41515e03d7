import { html, nothing, type PropertyValues, svg } from 'lit';
import type { LiveMachine } from '../../contracts/workflows.ts';
import type { Canvas } from '../parts/canvas.ts';
import { layOutBeside } from '../parts/effects/lay-out.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { duration } from '../parts/model/format.ts';
import type { Layout } from '../parts/model/layout.ts';
import { pathOf } from '../parts/model/path.ts';
import { fittingScale } from '../parts/model/viewport.ts';
import { shared } from '../parts/shared.styles.ts';
import {
  type Chart,
  type ChartEdge,
  type ChartNode,
  chartOf,
  edgeLines,
  type Journey,
  journeyOf,
  layoutOfChart,
  transitionWords,
} from './model/chart.ts';
import { statechartStyles } from './statechart.styles.ts';
import '../parts/canvas.ts';

type StatechartProps = {
  machine: LiveMachine | null;
  /** When the live state was read. */
  now: number;
  layout: Layout | null;
  failure: string | null;
  /** The state whose transitions stand out. */
  chosen: string | null;
};

const tones = ['idle', 'taken', 'near'] as const;

/** A machine as it is defined: its states, the one it is in, where it has been, and the lines it took. */
class Statechart extends element<StatechartProps>(
  { machine: null, now: 0, layout: null, failure: null, chosen: null },
  'layout',
  'failure',
  'chosen',
) {
  private chart: Chart | null = null;
  private journey: Journey = { steps: [], visits: {}, taken: {} };
  private laidOut = '';

  static override styles = [shared, statechartStyles];

  override willUpdate(changed: PropertyValues<this>): void {
    const { machine } = this;
    if (!machine || !(changed.has('machine') || changed.has('now'))) return;
    const { definition, live } = machine;
    if (this.chart?.definition.name !== definition.name) {
      this.chart = chartOf(definition);
      this.layout = null;
    }
    this.journey = journeyOf(this.chart, live?.path ?? [], this.now, live?.isDone ?? false);
  }

  override updated(): void {
    if (this.chart && this.laidOut !== this.chart.definition.name) void this.layOut(this.chart);
  }

  private async layOut(chart: Chart): Promise<void> {
    this.laidOut = chart.definition.name;
    const frame = { width: this.clientWidth, height: this.clientHeight };
    try {
      const [across, down] = await Promise.all([
        layOutBeside(layoutOfChart(chart, 'LR')),
        layOutBeside(layoutOfChart(chart, 'TB')),
      ]);
      // The one that is shown larger.
      if (this.chart === chart) this.layout = fittingScale(down, frame) > fittingScale(across, frame) ? down : across;
    } catch (cause) {
      this.failure = cause instanceof Error ? cause.message : String(cause);
    }
  }

  override render() {
    const { chart, layout, failure } = this;
    if (!chart) return nothing;
    if (failure) return html`<p class="failed" role="alert">${failure}</p>`;
    if (!layout) return html`<p role="status">Laying out the machine…</p>`;
    return html`<ev-canvas .drawing=${layout} label="States of the machine ${chart.definition.name}" @keydown=${this.pressed}>
      ${chart.groups.map(({ id, name }) => this.group(id, name, layout))}
      ${this.edges(chart, layout)}
      ${chart.edges.map((edge) => this.label(edge, layout))}
      ${chart.nodes.map((node) => this.node(node, layout))}
    </ev-canvas>`;
  }

  private isLive(id: string): boolean {
    return this.machine?.live?.states.includes(id) ?? false;
  }

  private group(id: string, name: string, layout: Layout) {
    const box = layout.boxes[id];
    if (!box) return nothing;
    return html`<div class="group ${this.isLive(id) ? 'live' : ''}" .style=${`left: ${box.x}px; top: ${box.y}px; width: ${box.width}px; height: ${box.height}px`}><span>${name}</span></div>`;
  }

  private toneOf({ id, from, to }: ChartEdge): (typeof tones)[number] {
    if (this.chosen !== null && (from === this.chosen || to === this.chosen)) return 'near';
    return this.journey.taken[id] ? 'taken' : 'idle';
  }

  private edges({ edges }: Chart, layout: Layout) {
    const drawn = edges.toSorted((a, b) => tones.indexOf(this.toneOf(a)) - tones.indexOf(this.toneOf(b)));
    return html`<svg class="edges" width=${layout.width} height=${layout.height} aria-hidden="true">
      <defs>
        ${tones.map(
          (tone) =>
            svg`<marker id="arrow-${tone}" class=${tone} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5 8 4 0 7.5z"/></marker>`,
        )}
      </defs>
      ${drawn.map((edge) => {
        const line = layout.edges[edge.id];
        const tone = this.toneOf(edge);
        return line
          ? svg`<path class="edge ${tone}" d=${pathOf(line.points)} marker-end="url(#arrow-${tone})"/>`
          : nothing;
      })}
    </svg>`;
  }

  private label(edge: ChartEdge, layout: Layout) {
    const at = layout.edges[edge.id]?.label;
    if (!at) return nothing;
    const all = edge.transitions.map(
      (one) => `${transitionWords(one)}${one.actions.length > 0 ? ` / ${one.actions.join(', ')}` : ''}`,
    );
    const times = this.journey.taken[edge.id];
    const lines = edgeLines(edge);
    return html`<span class="label ${this.toneOf(edge)}" title=${all.join('\n')} .style=${`left: ${at.x}px; top: ${at.y}px`}
      >${lines.map((line, index) => html`<span>${line}${index === 0 && times !== undefined && times > 1 ? ` ×${times}` : ''}</span>`)}</span
    >`;
  }

  private node(node: ChartNode, layout: Layout) {
    const { id, name, kind, state, effects } = node;
    const box = layout.boxes[id];
    if (!box) return nothing;
    const style = `left: ${box.x}px; top: ${box.y}px; width: ${box.width}px; height: ${box.height}px`;
    if (kind === 'any') return html`<span class="any" .style=${style}>${name}</span>`;
    const visit = this.journey.visits[id];
    const live = this.isLive(id);
    const isDone = this.machine?.live?.isDone ?? false;
    const spent =
      visit && (visit.ms > 0 || visit.times > 1)
        ? `${duration(visit.ms)}${visit.times > 1 ? `, ${visit.times} times` : ''}`
        : '';
    const told = live ? (isDone ? ', where it ended' : ', where it is now') : visit ? ', has been there' : '';
    return html`<button
      class="state ${kind} ${live ? 'live' : ''} ${visit ? 'visited' : ''}"
      .style=${style}
      aria-pressed=${id === this.chosen}
      aria-label="${name}${told}${spent ? `, ${spent}` : ''}"
      data-state=${id}
      @click=${() => this.choose(id)}
      @focus=${() => this.canvas?.reveal(box)}
    >
      <span class="head">${live && !isDone ? html`<i class="dot"></i>` : visit ? html`<span class="tick">${icon('check', 12)}</span>` : nothing}${name}${state.initial && state.parent === null ? html`<span class="initial">start</span>` : nothing}</span>
      ${spent ? html`<span class="spent numbers">${spent}</span>` : nothing}
      ${effects.map((effect) => html`<span class="effect">${effect}</span>`)}
    </button>`;
  }

  private get canvas(): Canvas | null {
    return this.renderRoot.querySelector<Canvas>('ev-canvas');
  }

  private choose(id: string): void {
    this.chosen = this.chosen === id ? null : id;
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || this.chosen === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.chosen = null;
  }
}

customElements.define('ev-statechart', Statechart);
