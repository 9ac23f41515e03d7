import { html, nothing, type PropertyValues, svg } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { request } from '../events.ts';
import type { Approvals } from '../inbox/state/approvals.ts';
import type { Canvas } from '../parts/canvas.ts';
import { layOutBeside, startLayoutWorker } from '../parts/effects/lay-out.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { count, duration } from '../parts/model/format.ts';
import type { Layout } from '../parts/model/layout.ts';
import { pathOf } from '../parts/model/path.ts';
import { runTabLink } from '../parts/place-link.ts';
import { shared } from '../parts/shared.styles.ts';
import { callWords, signs, stateWords } from '../parts/state-mark.ts';
import { graphStyles } from './graph.styles.ts';
import type { EdgeState, GraphEdge, GraphGroup, GraphNode, NodeTone, RunGraph } from './model/graph.ts';
import { graphOf } from './model/graph.ts';
import { directionFor, maxNodes, neighbour, placed, planOf, structureOf, type Towards } from './model/graph-layout.ts';
import { countOrder, doneOf, totalOf, usedTokens } from './model/steps.ts';
import type { OpenRun } from './state/run.ts';
import '../parts/canvas.ts';
import '../parts/elapsed.ts';
import './node-inspector.ts';

type GraphProps = {
  open: OpenRun | null;
  approvals: Approvals | null;
  temporalUi: string | null;
  layout: Layout | null;
  failure: string | null;
  /** The node that the inspector shows. */
  chosen: string | null;
  /** The one node that the Tab key reaches. */
  current: string | null;
  search: string;
  /** How many nodes are on the screen by now. */
  drawn: number;
};

/** A large graph is drawn over several frames, so that none takes long. */
const drawnPerFrame = 24;

/** From here on nodes can be searched for. */
const fewNodes = 12;
const edgeStates: readonly EdgeState[] = ['waiting', 'done', 'live', 'cut'];
const towards: Record<string, Towards> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};
const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

/**
 * A run as a graph: steps and what they wait for, or phases with their calls. What it looks like follows the run; it is laid
 * out again only when nodes come or go.
 */
class RunGraphView extends element<GraphProps>(
  {
    open: null,
    approvals: null,
    temporalUi: null,
    layout: null,
    failure: null,
    chosen: null,
    current: null,
    search: '',
    drawn: drawnPerFrame,
  },
  'layout',
  'failure',
  'chosen',
  'current',
  'search',
  'drawn',
) {
  private isDrawing = false;
  private graph: RunGraph = { nodes: [], edges: [], groups: [] };
  /** Of what is laid out now, or about to be. */
  private structure = '';
  private isLayingOut = false;

  static override styles = [shared, graphStyles];

  override willUpdate(changed: PropertyValues<this>): void {
    const { open, approvals } = this;
    if (!open?.view) return;
    const before = changed.get('open');
    if (changed.has('open') && before?.target !== open.target) this.chosen = open.target?.step ?? null;
    const asking = new Set((approvals?.items ?? []).map(({ sessionId }) => sessionId));
    this.graph = graphOf(open.view, asking);
    const { nodes } = this.graph;
    if (!nodes.some(({ id }) => id === this.current)) this.current = this.chosen ?? nodes[0]?.id ?? null;
  }

  override updated(): void {
    const number = this.graph.nodes.filter(({ kind }) => kind !== 'join').length;
    if (number > 0 && number <= maxNodes) void this.layOut();
    if (this.layout && this.drawn < this.graph.nodes.length) this.drawMore();
  }

  private drawMore(): void {
    if (this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame(() => {
      this.isDrawing = false;
      this.drawn += drawnPerFrame;
    });
  }

  /** One at a time: what changed meanwhile is laid out after it. */
  private async layOut(): Promise<void> {
    const { graph, open } = this;
    const isScript = Boolean(open?.view?.script);
    const direction = directionFor(graph, isScript, { width: this.clientWidth, height: this.clientHeight });
    const structure = `${direction} ${structureOf(graph)}`;
    if (structure === this.structure || this.isLayingOut) return;
    this.isLayingOut = true;
    this.structure = structure;
    const plan = planOf(graph, isScript, direction);
    try {
      const layout = await layOutBeside(plan.input);
      this.layout = placed(layout, plan, graph);
      this.failure = null;
    } catch (cause) {
      this.failure = cause instanceof Error ? cause.message : String(cause);
    } finally {
      this.isLayingOut = false;
      this.requestUpdate();
    }
  }

  private get canvas(): Canvas | null {
    return this.renderRoot.querySelector<Canvas>('ev-canvas');
  }

  override render() {
    const { open, graph, layout } = this;
    if (!open?.view) return nothing;
    const { nodes } = graph;
    const number = nodes.filter(({ kind }) => kind !== 'join').length;
    if (number > maxNodes) return this.tooMany(open, number);
    if (nodes.length === 0) return html`<div class="note"><p>Nothing to draw yet.</p></div>`;
    if (this.failure) {
      return html`<div class="note"><p class="failed" role="alert">${this.failure}</p>${runTabLink(open.runId, 'steps', 'Show the list')}</div>`;
    }
    if (!layout) return html`<div class="note" role="status"><p>Laying out ${count(nodes.length)} nodes…</p></div>`;
    const chosen = nodes.find(({ id, kind }) => id === this.chosen && kind !== 'join');
    return html`<div class="whole ${chosen ? 'both' : ''}">
      <div class="drawing">
        <div class="bar-above">${this.legend()} ${nodes.length > fewNodes ? this.finder() : nothing}</div>
        <ev-canvas .drawing=${layout} label="Graph of the run" @keydown=${this.pressed}>
          ${graph.groups.map((group) => this.group(group, layout))}
          ${this.edges(layout)}
          ${this.drawnEdges.map((edge) => this.label(edge, layout))}
          ${repeat(
            nodes.slice(0, this.drawn),
            ({ id }) => id,
            (node) => this.node(node, layout),
          )}
        </ev-canvas>
      </div>
      ${chosen ? this.inspector(open, chosen) : nothing}
    </div>`;
  }

  private tooMany({ runId }: OpenRun, number: number) {
    return html`<div class="note">
      <p>This run has ${count(number)} steps. A graph of more than ${count(maxNodes)} cannot be read; the list can be filtered and searched.</p>
      ${runTabLink(runId, 'steps', 'Show the list')}
    </div>`;
  }

  private group({ id, title, detail, counts }: GraphGroup, layout: Layout) {
    const box = layout.boxes[id];
    if (!box) return nothing;
    const isPhase = Boolean(this.open?.view?.script);
    const lift = isPhase ? 0 : 18;
    const style = `left: ${box.x}px; top: ${box.y - lift}px; width: ${box.width}px; height: ${box.height + lift}px`;
    return html`<div class="group ${isPhase ? 'phase' : ''}" .style=${style}>
      <div class="title">
        ${isPhase ? nothing : icon('layers', 12)}<strong title=${title}>${title}</strong><span class="detail">${detail}</span>
        <span class="counts numbers">${totalOf(counts) > 0 ? `${count(doneOf(counts))} of ${count(totalOf(counts))}` : ''}</span>
      </div>
    </div>`;
  }

  /** At the pace of the nodes. */
  private get drawnEdges(): GraphEdge[] {
    const { nodes, edges } = this.graph;
    return this.drawn < nodes.length ? edges.slice(0, this.drawn) : edges;
  }

  private edges(layout: Layout) {
    return html`<svg class="edges" width=${layout.width} height=${layout.height} aria-hidden="true">
      <defs>
        ${edgeStates.map(
          (state) =>
            svg`<marker id="arrow-${state}" class=${state} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5 8 4 0 7.5z"/></marker>`,
        )}
      </defs>
      ${this.drawnEdges.map(({ id, state }) => {
        const drawn = layout.edges[id];
        return drawn
          ? svg`<path class="edge ${state}" d=${pathOf(drawn.points)} marker-end="url(#arrow-${state})"/>`
          : nothing;
      })}
    </svg>`;
  }

  private label({ id, label, state }: GraphEdge, layout: Layout) {
    const at = label === '' ? null : layout.edges[id]?.label;
    if (!at) return nothing;
    return html`<span class="case ${state}" title=${state === 'cut' ? `${label}: not taken` : label} .style=${`left: ${at.x}px; top: ${at.y}px`}>${label}</span>`;
  }

  private mark(tone: NodeTone) {
    const sign = tone === 'running' ? null : tone === 'reused' ? 'reuse' : signs[tone];
    return html`<span class="mark ${tone}" aria-hidden="true">${sign === null ? html`<i class="dot"></i>` : icon(sign, 14)}</span>`;
  }

  private words(tone: NodeTone): string {
    return tone === 'reused' ? 'reused' : (this.open?.view?.script ? callWords : stateWords)[tone];
  }

  private node(graphNode: GraphNode, layout: Layout) {
    const { id, name, kind, tone, counts } = graphNode;
    const box = layout.boxes[id];
    if (!box) return nothing;
    const style = `left: ${box.x}px; top: ${box.y}px; width: ${box.width}px; height: ${box.height}px`;
    if (kind === 'join') return html`<span class="join ${tone}" .style=${style} title="All of the batch"></span>`;
    const words = this.words(tone);
    const isMeant = this.search === '' || name.toLowerCase().includes(this.search.toLowerCase());
    return html`<button
      class="node ${tone} ${isMeant ? '' : 'dim'}"
      .style=${style}
      data-node=${id}
      tabindex=${id === this.current ? 0 : -1}
      aria-pressed=${id === this.chosen}
      aria-label="${name}, ${kind}, ${words}"
      title="${name}\n${kind} · ${words}"
      @click=${() => this.choose(id)}
      @focus=${() => this.focused(id)}
    >
      ${this.mark(tone)}
      <span class="name">${name}</span>
      <span class="facts numbers">${this.facts(graphNode)}</span>
      ${
        counts
          ? html`<span class="bar">${countOrder.filter((status) => counts[status]).map((status) => html`<i class=${status} .style=${`flex-grow: ${counts[status] ?? 0}`}></i>`)}</span>`
          : nothing
      }
    </button>`;
  }

  /** The little that fits: what it is, and how long it took or what it waits for. */
  private facts({ kind, tone, node, counts }: GraphNode) {
    if (counts) return `${kind} · ${count(doneOf(counts))} of ${count(totalOf(counts))}`;
    if (tone === 'waiting') return `${kind} · waiting for you`;
    if (tone === 'running') return html`${kind} · <ev-elapsed .from=${node?.startedAt ?? null}></ev-elapsed>`;
    if (!node?.startedAt || !node.endedAt) return kind;
    const time = duration(Math.max(0, Date.parse(node.endedAt) - Date.parse(node.startedAt)));
    const used = usedTokens(node);
    return `${kind} · ${time}${used ? ` · ${used}` : ''}`;
  }

  private legend() {
    const tones = new Set(this.graph.nodes.filter(({ kind }) => kind !== 'join').map(({ tone }) => tone));
    const order: readonly NodeTone[] = [
      'running',
      'waiting',
      'completed',
      'reused',
      'failed',
      'timed_out',
      'cancelled',
      'skipped',
      'excluded',
      'pending',
    ];
    const told = order.filter((tone) => tones.has(tone));
    return html`<div class="legend" aria-hidden="true">${told.map((tone) => html`<span>${this.mark(tone)}${sentence(this.words(tone))}</span>`)}</div>`;
  }

  private get found(): GraphNode[] {
    const search = this.search.toLowerCase();
    return search === '' ? [] : this.graph.nodes.filter(({ name }) => name.toLowerCase().includes(search));
  }

  private finder() {
    const { found, search } = this;
    return html`<div class="finder">
      <input type="search" placeholder="Find" aria-label="Find nodes" @input=${this.searched} @keydown=${this.searchPressed} />
      ${search === '' ? nothing : html`<span class="numbers" role="status">${found.length === 0 ? 'none' : count(found.length)}</span>`}
    </div>`;
  }

  private searched(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.search = event.target.value.trim();
  }

  private searchPressed(event: KeyboardEvent): void {
    const [first] = this.found;
    if (event.key === 'Enter' && first) this.go(first.id);
  }

  private inspector(open: OpenRun, { id, name, tone }: GraphNode) {
    return html`<ev-node-inspector
      .open=${open}
      .approvals=${this.approvals}
      .temporalUi=${this.temporalUi}
      .step=${id}
      .name=${name}
      .tone=${tone}
      @close=${this.close}
      @choose=${(event: CustomEvent<string>) => this.go(event.detail)}
    ></ev-node-inspector>`;
  }

  private choose(id: string): void {
    const chosen = this.chosen === id ? null : id;
    this.chosen = chosen;
    this.current = id;
    request(this, 'show-place', { target: chosen === null ? null : { step: id, index: null } });
  }

  private focused(id: string): void {
    this.current = id;
    const box = this.layout?.boxes[id];
    if (box) this.canvas?.reveal(box);
  }

  private go(id: string): void {
    this.chosen = id;
    this.current = id;
    request(this, 'show-place', { target: { step: id, index: null } });
    const box = this.layout?.boxes[id];
    if (box) this.canvas?.reveal(box);
  }

  private close(): void {
    const { chosen } = this;
    this.chosen = null;
    request(this, 'show-place', { target: null });
    if (chosen !== null) void this.updateComplete.then(() => this.button(chosen)?.focus());
  }

  private button(id: string): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
  }

  /** Arrows go to the nearest node on that side; Escape closes the inspector. */
  private pressed(event: KeyboardEvent): void {
    const { layout, current } = this;
    if (event.key === 'Escape' && this.chosen !== null) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
      return;
    }
    const side = towards[event.key];
    if (!side || !layout || current === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const ids = this.graph.nodes.filter(({ kind }) => kind !== 'join').map(({ id }) => id);
    const to = neighbour(layout.boxes, ids, current, side);
    event.preventDefault();
    event.stopPropagation();
    if (to === null) return;
    this.current = to;
    this.button(to)?.focus({ preventScroll: true });
  }
}

customElements.define('ev-run-graph', RunGraphView);
startLayoutWorker();
