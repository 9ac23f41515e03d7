import { css, html, nothing, type PropertyValues } from 'lit';
import { visible } from '../../contracts/visible.ts';
import { element } from './element.ts';
import { type DiffLine, diffLines } from './model/diff.ts';
import { plural } from './model/format.ts';
import { shared } from './shared.styles.ts';

const context = 3;
const rowsAtOnce = 400;

type Row = DiffLine | { kind: 'fold'; text: string };

/** Long runs without a change shrink to one row. */
const foldSame = (lines: DiffLine[]): Row[] => {
  const near = new Set<number>();
  lines.forEach(({ kind }, at) => {
    if (kind === 'same') return;
    for (let line = at - context; line <= at + context; line += 1) near.add(line);
  });
  const rows: Row[] = [];
  let folded = 0;
  const flush = (): void => {
    if (folded > 0) rows.push({ kind: 'fold', text: `${plural(folded, 'unchanged line')}` });
    folded = 0;
  };
  lines.forEach((line, at) => {
    if (line.kind === 'same' && !near.has(at)) folded += 1;
    else {
      flush();
      rows.push(line);
    }
  });
  flush();
  return rows;
};

const signs = { same: ' ', added: '+', removed: '−', fold: '⋯' } as const;
const spoken = { same: '', added: 'added: ', removed: 'removed: ', fold: '' } as const;

type DiffViewProps = {
  from: string;
  to: string;
  shown: number;
};

/** The difference between two texts, line by line; a new text when `from` is empty. */
class DiffView extends element<DiffViewProps>({ from: '', to: '', shown: rowsAtOnce }, 'shown') {
  private rows: Row[] = [];

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .frame {
        position: relative;
        max-height: min(28rem, 55vh);
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius-s);
        background: var(--sunken);
        font: var(--text-s) / 1.5 var(--mono);
      }
      .row {
        display: grid;
        grid-template-columns: 1.75rem 1fr;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        tab-size: 4;
      }
      .row > span:first-child {
        text-align: center;
        color: var(--muted);
        user-select: none;
      }
      .added {
        background: var(--added);
      }
      .removed {
        background: var(--removed);
      }
      .added > span:first-child {
        color: var(--ok);
      }
      .removed > span:first-child {
        color: var(--danger);
      }
      .fold {
        color: var(--muted);
        font-family: var(--font);
        font-size: var(--text-xs);
      }
      .more {
        padding: var(--space-2) var(--space-3);
        font-family: var(--font);
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('from') || changed.has('to')) this.rows = foldSame(diffLines(this.from, this.to));
  }

  override render() {
    const { rows } = this;
    const shown = rows.slice(0, this.shown);
    return html`<div class="frame" tabindex="0" role="group" aria-label="Difference">
      ${shown.map(
        ({ kind, text }) => html`<div class="row ${kind}"><span aria-hidden="true">${signs[kind]}</span
          ><span><span class="hidden-text">${spoken[kind]}</span>${visible(text) || ' '}</span></div>`,
      )}
      ${
        shown.length < rows.length
          ? html`<div class="more"><button class="link" @click=${this.showMore}>Show more (${plural(rows.length - shown.length, 'line')} left)</button></div>`
          : nothing
      }
    </div>`;
  }

  private showMore(): void {
    this.shown += rowsAtOnce;
  }
}

customElements.define('ev-diff', DiffView);
