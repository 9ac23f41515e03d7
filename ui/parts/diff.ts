import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { codeColours } from './code.styles.ts';
import { lineNodes } from './code-line.ts';
import { diffRowHeight, diffStyles } from './diff.styles.ts';
import { DiffLayout } from './effects/diff-layout.ts';
import { textWork } from './effects/text-work.ts';
import { element } from './element.ts';
import { frameStyles } from './frame.styles.ts';
import {
  type Opened,
  type Pair,
  pairsOf,
  type Segment,
  segmentAt,
  segmentsOf,
  stepLines,
  unpackRuns,
} from './model/diff-rows.ts';
import { bytes, count, plural } from './model/format.ts';
import type { CompareReply, Run } from './model/text-blocks.ts';
import { RowWindow } from './row-window.ts';
import { shared } from './shared.styles.ts';
import './long-text.ts';

/** More rows than these are drawn as they come into sight, without wrapping long lines. */
const wholeUpTo = 500;
/** A line that is not wrapped and longer says so: it may go on where nobody looks. */
const saidFrom = 120;

const signs = { same: ' ', added: '+', removed: '−' } as const;
const spoken = { same: '', added: 'added: ', removed: 'removed: ' } as const;

type Compared = Omit<CompareReply, 'runs'> & { runs: Run[] };

type DiffViewProps = {
  from: string;
  to: string;
  /** Of the file: the colours are those of its language. */
  path: string;
  /** The texts are parts of a file: their lines are counted from their own beginning. */
  isPart: boolean;
  /** Of a hunk: the numbers of its first lines in the file. */
  starts: { old: number; new: number } | null;
  compared: Compared | null;
  failure: string | null;
  opened: Opened;
};

/** The difference between two texts, line by line; a new text when `from` is empty. */
class DiffView extends element<DiffViewProps>(
  { from: '', to: '', path: '', isPart: false, starts: null, compared: null, failure: null, opened: new Map() },
  'compared',
  'failure',
  'opened',
) {
  private readonly window = new RowWindow(this, diffRowHeight);
  private readonly layout = new DiffLayout(this);
  private comparing: Promise<void> = Promise.resolve();
  private shown: { segments: Segment[]; rows: number } = { segments: [], rows: 0 };

  static override styles = [shared, frameStyles, codeColours, diffStyles];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('from') || changed.has('to') || changed.has('path')) this.comparing = this.compare();
    if ((changed.has('compared') || changed.has('opened')) && this.compared)
      this.shown = segmentsOf(this.compared.runs, this.opened);
  }

  /** An update is complete when the difference is drawn. */
  protected override async getUpdateComplete(): Promise<boolean> {
    await super.getUpdateComplete();
    await this.comparing;
    return super.getUpdateComplete();
  }

  private async compare(): Promise<void> {
    const { from, to, path } = this;
    const isSame = (): boolean => from === this.from && to === this.to && path === this.path;
    this.failure = null;
    try {
      const reply = await textWork({ kind: 'compare', from, to, path, colours: true });
      if (!isSame()) return;
      this.opened = new Map();
      this.window.reset();
      this.compared = { ...reply, runs: unpackRuns(reply.runs) };
    } catch (cause) {
      if (isSame()) this.failure = cause instanceof Error ? cause.message : String(cause);
    }
  }

  override render() {
    if (this.failure !== null) return this.apart(this.failure);
    const { compared } = this;
    if (!compared) return html`<div class="frame"><p class="wait" role="status">Comparing…</p></div>`;
    const { segments, rows } = this.shown;
    const isLong = rows > wholeUpTo;
    const { first, last } = isLong ? this.window.range(rows) : { first: 0, last: rows };
    const { old, new: fresh } = this.starts ?? { old: 1, new: 1 };
    const most = Math.max(old + compared.oldStarts.length, fresh + compared.newStarts.length) - 1;
    const isSplit = !isLong && this.from !== '' && this.layout.isSideBySide;
    return html`<div class="frame">
      ${this.bar(compared, segments, isLong)}
      <div class="box ${isLong ? 'long' : ''}" tabindex="0" role="group" aria-label="Difference"
        .style=${`--digits: ${String(most).length + 1.5}ch`} @scroll=${this.window.scrolled}>
        ${isLong ? html`<div .style=${`height: ${rows * diffRowHeight}px`}></div>` : nothing}
        <div class="rows" .style=${isLong ? `top: ${first * diffRowHeight}px` : ''}>${isSplit ? this.pairs(compared) : this.rows(compared, first, last)}</div>
      </div>
    </div>`;
  }

  private bar({ added, removed }: Compared, segments: readonly Segment[], isLong: boolean) {
    const size =
      this.from === '' || this.from.length === this.to.length
        ? bytes(this.to.length)
        : `${bytes(this.from.length)} → ${bytes(this.to.length)}`;
    return html`<div class="bar numbers">
      <span class="plus" aria-label=${plural(added, 'line added', 'lines added')} role="img">+${count(added)}</span>
      <span class="minus" aria-label=${plural(removed, 'line removed', 'lines removed')} role="img">−${count(removed)}</span>
      ${this.starts ? nothing : html`<span>${size}</span>`}
      ${this.isPart ? html`<span>Line numbers within the edited text</span>` : nothing}
      <span class="end">
        ${segments.some(({ kind }) => kind === 'gap') ? html`<button class="link" @click=${this.openAll}>Show unchanged lines</button>` : nothing}
        ${
          this.layout.hasRoom && !isLong && this.from !== ''
            ? html`<button class="link" @click=${this.layout.toggle}>${this.layout.isSideBySide ? 'Show in one column' : 'Show side by side'}</button>`
            : nothing
        }
      </span>
    </div>`;
  }

  private rows(compared: Compared, first: number, last: number): TemplateResult[] {
    const { segments } = this.shown;
    const drawn: TemplateResult[] = [];
    let at = segmentAt(segments, first);
    for (let row = first; row < last; row += 1) {
      while (segments[at + 1] && row >= (segments[at + 1]?.row ?? 0)) at += 1;
      const segment = segments[at];
      if (!segment) break;
      if (segment.kind === 'gap') drawn.push(this.gap(segment));
      else
        drawn.push(this.row(compared, segment.kind, segment.old + row - segment.row, segment.new + row - segment.row));
    }
    return drawn;
  }

  private pairs(compared: Compared): TemplateResult[] {
    return pairsOf(this.shown.segments).pairs.flatMap((pair) =>
      pair.kind === 'gap'
        ? [this.gap(pair)]
        : Array.from({ length: pair.count }, (_, at) => this.pair(compared, pair, at)),
    );
  }

  private pair(compared: Compared, { kind, old, new: fresh, olds, news }: Pair, at: number) {
    const side = (state: Run['kind'], line: number, isThere: boolean) =>
      isThere
        ? html`<span class="side ${kind === 'same' ? '' : state}">${this.number(state, line)}${this.text(compared, state, line, kind === 'same' ? '' : spoken[state])}</span>`
        : html`<span class="side none"></span>`;
    return html`<div class="pair">${side('removed', old + at, at < olds)}${side('added', fresh + at, at < news)}</div>`;
  }

  private number(kind: Run['kind'], line: number) {
    const first = this.starts ?? { old: 1, new: 1 };
    return html`<span class="line-number" aria-hidden="true">${line + (kind === 'removed' ? first.old : first.new)}</span>`;
  }

  private text(compared: Compared, kind: Run['kind'], line: number, said: string = spoken[kind]) {
    const isOld = kind === 'removed';
    const text = isOld ? this.from : this.to;
    const { from, to, hasEnd } = this.placeOf(compared, isOld, line);
    const nodes = lineNodes(text, isOld ? compared.oldMarks : compared.newMarks, from, hasEnd ? to - 1 : to);
    const isCut = !hasEnd && kind !== 'same' && !this.isPart;
    return html`<span class="text"><span class="hidden-text">${said}</span>${nodes}${isCut ? html`<span class="cut"> no newline at the end</span>` : nothing}</span>`;
  }

  private placeOf(compared: Compared, isOld: boolean, line: number) {
    const text = isOld ? this.from : this.to;
    const starts = isOld ? compared.oldStarts : compared.newStarts;
    const to = starts[line + 1] ?? text.length;
    return { from: starts[line] ?? 0, to, hasEnd: text[to - 1] === '\n' };
  }

  private row(compared: Compared, kind: Run['kind'], old: number, fresh: number) {
    const isOld = kind === 'removed';
    const line = isOld ? old : fresh;
    const none = html`<span class="line-number" aria-hidden="true"></span>`;
    const { from, to } = this.placeOf(compared, isOld, line);
    return html`<div class="row ${kind}">${kind === 'added' ? none : this.number('removed', old)}${isOld ? none : this.number('added', fresh)}<span class="sign" aria-hidden="true">${signs[kind]}</span>${this.text(compared, kind, line)}${
      this.shown.rows > wholeUpTo && to - from > saidFrom
        ? html`<span class="wide">${count(to - from)} characters</span>`
        : nothing
    }</div>`;
  }

  private gap({ run, count: lines }: Pick<Segment, 'run' | 'count'>) {
    const { runs = [] } = this.compared ?? {};
    const step = lines > 2 * stepLines;
    return html`<div class="gap">
      <span>⋯ ${plural(lines, 'unchanged line')}</span>
      ${step && run > 0 ? html`<button class="link" @click=${() => this.open(run, stepLines, 0)}>Show ${stepLines} above</button>` : nothing}
      ${step && run < runs.length - 1 ? html`<button class="link" @click=${() => this.open(run, 0, stepLines)}>Show ${stepLines} below</button>` : nothing}
      <button class="link" @click=${() => this.open(run, lines, 0)}>Show all</button>
    </div>`;
  }

  private open(run: number, above: number, below: number): void {
    const before = this.opened.get(run) ?? { above: 0, below: 0 };
    this.opened = new Map(this.opened).set(run, { above: before.above + above, below: before.below + below });
  }

  private openAll(): void {
    const all = { above: Number.MAX_SAFE_INTEGER, below: 0 };
    this.opened = new Map(this.compared?.runs.map((_, run) => [run, all]));
  }

  /** Where the comparison failed: both texts, one after the other. */
  private apart(reason: string) {
    return html`<p class="wait" role="alert">Cannot compare the texts: ${reason}.</p>
      <ev-long-text .text=${this.from} label="Before"></ev-long-text>
      <ev-long-text .text=${this.to} label="After"></ev-long-text>`;
  }
}

customElements.define('ev-diff', DiffView);
