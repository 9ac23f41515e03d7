import { css, html, type TemplateResult } from 'lit';
import { runState } from '../../contracts/run-view.ts';
import type { NodeStatus, Run } from '../../contracts/runs.ts';
import type { Subagent } from '../../contracts/subagents.ts';
import { type IconName, icon } from './icons.ts';

export const stateWords: Record<NodeStatus, string> = {
  pending: 'pending',
  running: 'running',
  waiting: 'waiting for you',
  completed: 'completed',
  failed: 'failed',
  skipped: 'skipped',
  excluded: 'excluded',
  cancelled: 'cancelled',
  timed_out: 'timed out',
};

/** Of a script's calls: what has not begun queued. */
export const callWords: Record<NodeStatus, string> = { ...stateWords, pending: 'queued' };

export const signs: Record<Exclude<NodeStatus, 'running'>, IconName> = {
  pending: 'circle',
  waiting: 'warning',
  completed: 'check',
  failed: 'cross',
  skipped: 'skip',
  excluded: 'minus',
  cancelled: 'stop',
  timed_out: 'clock',
};

export const mark = (sign: IconName | null, tone: string, word: string): TemplateResult =>
  html`<span class="mark ${tone}">${sign === null ? html`<i class="pulse"></i>` : icon(sign, 14)}<span>${word}</span></span>`;

/** A sign and a word, so that the colour alone says nothing. */
export const stateMark = (status: NodeStatus, words: Record<NodeStatus, string> = stateWords): TemplateResult =>
  mark(status === 'running' ? null : signs[status], status, words[status]);

export const runMark = (run: Run): TemplateResult => {
  const state = runState(run);
  if (state === 'queued') return mark('circle', 'pending', 'queued');
  // Others may be asked: lists say whom in a column of its own.
  if (state === 'waiting') return mark('warning', 'waiting', 'waiting');
  return state === 'paused' ? mark('pause', 'waiting', 'paused') : stateMark(state);
};

export const subagentMark = ({ status, cancelling }: Subagent): TemplateResult => {
  if (cancelling) return mark('stop', 'waiting', 'cancelling');
  if (status === 'queued') return mark('circle', 'pending', 'queued');
  return status === 'crashed' ? mark('warning', 'failed', 'crashed') : stateMark(status);
};

export const stateMarkStyles = css`
  .mark {
    display: inline-flex;
    align-items: center;
    gap: var(--space-2);
    color: var(--muted);
    white-space: nowrap;
  }
  .mark.running {
    color: var(--state-running);
  }
  .mark.completed {
    color: var(--state-completed);
  }
  /* The sign is enough where all is well; the word stays for those who hear it. */
  .mark.completed span {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .mark.waiting {
    color: var(--warn);
    font-weight: 600;
  }
  .mark.failed,
  .mark.timed_out {
    color: var(--danger);
    font-weight: 600;
  }
  .pulse {
    flex: none;
    width: 0.5rem;
    height: 0.5rem;
    margin: 0 0.1875rem;
    border-radius: 50%;
    background: currentColor;
    animation: pulse 1.6s ease-in-out infinite;
  }
  @keyframes pulse {
    50% {
      opacity: 0.3;
    }
  }
`;
