import { css, html, nothing, type PropertyValues } from 'lit';
import type { RunSurvived } from '../../contracts/turn-summary.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { timelineOf } from './model/timeline.ts';
import type { OpenRun } from './state/run.ts';
import '../trace/waterfall.ts';

type RunTimelineProps = {
  open: OpenRun | null;
  survived: RunSurvived | null;
};

/** The steps or calls of a run against one axis of time, with what lost workers cut off. */
class RunTimeline extends element<RunTimelineProps>({ open: null, survived: null }, 'survived') {
  static override styles = css`
    :host {
      display: block;

      --waterfall: max(16rem, calc(100dvh - 15rem));
    }
  `;

  private asked = '';

  override updated(changed: PropertyValues<this>): void {
    const { open } = this;
    if (!open?.view || !changed.has('open')) return;
    const { runId } = open;
    // A worker that is lost begins attempts anew: nodes change then.
    const stamp = `${runId}/${Object.values(open.view.nodes).reduce((sum, { attempt }) => sum + attempt, 0)}/${open.view.run.status}/${open.view.usage.requests}`;
    if (stamp === this.asked) return;
    this.asked = stamp;
    request(this, 'load-survived', {
      runId,
      show: (survived) => {
        if (this.open?.runId === runId) this.survived = survived;
      },
    });
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get('open') && changed.get('open')?.runId !== this.open?.runId) this.survived = null;
  }

  override render() {
    const { open } = this;
    if (!open?.view) return nothing;
    return html`<ev-waterfall wide .fixed=${timelineOf(open.view, this.survived?.lost)}></ev-waterfall>`;
  }
}

customElements.define('ev-run-timeline', RunTimeline);
