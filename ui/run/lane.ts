import { css, html, type TemplateResult } from 'lit';
import type { ItemCounts, NodeStatus } from '../../contracts/runs.ts';
import { count } from '../parts/model/format.ts';
import { stateWords } from '../parts/state-mark.ts';
import { countOrder, doneOf, totalOf } from './model/steps.ts';

/** How many of a set stand how, as a bar and in words. */
export const lane = (
  counts: ItemCounts,
  label: string,
  words: Record<NodeStatus, string> = stateWords,
  more = '',
): TemplateResult => {
  const total = totalOf(counts);
  const told = countOrder.filter((status) => counts[status]);
  const isOver = told.length === 1 && told[0] === 'completed';
  const text = `${told.map((status) => `${count(counts[status] ?? 0)} ${words[status]}`).join(' · ')}${more}`;
  return html`<div class="progress">
    <div class="lane" role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax=${total} aria-valuenow=${doneOf(counts)} aria-valuetext=${text}>
      ${told.map((status) => html`<span class=${status} .style=${`flex-grow: ${counts[status] ?? 0}`}></span>`)}
    </div>
    <span class="words numbers">${isOver ? `${total === 1 ? '1' : `All ${count(total)}`} completed${more}` : `${count(doneOf(counts))} of ${count(total)} · ${text}`}</span>
  </div>`;
};

export const laneStyles = css`
  .progress {
    display: grid;
    gap: var(--space-1);
  }
  .lane {
    display: flex;
    height: 0.5rem;
    border-radius: 4px;
    background: var(--hover);
    overflow: hidden;
  }
  .lane span {
    flex: 0 0 0;
    min-width: 3px;
    background: var(--hover);
  }
  .lane .completed {
    background: var(--ok);
  }
  .lane .failed,
  .lane .timed_out {
    background: var(--danger);
  }
  .lane .cancelled,
  .lane .skipped,
  .lane .excluded {
    background: var(--line-strong);
  }
  .lane .waiting {
    background: var(--warn);
  }
  .lane .running {
    background: var(--state-running);
  }
  .lane .pending {
    min-width: 0;
    background: none;
  }
  .words {
    color: var(--muted);
    font-size: var(--text-xs);
  }
`;
