import { css, type PropertyValues } from 'lit';
import type { Survived } from '../../contracts/turn-summary.ts';
import { request } from '../events.ts';
import { element } from '../parts/element.ts';
import { shared } from '../parts/shared.styles.ts';
import { survivedWords } from '../parts/survived.ts';

type RunSurvivedProps = {
  runId: string;
  /** It is read again when this changes. */
  stamp: string;
  survived: Survived | null;
};

/** The crashes that a run survived, and what they did not cost. */
class RunSurvived extends element<RunSurvivedProps>({ runId: '', stamp: '', survived: null }, 'survived') {
  static override styles = [
    shared,
    css`
      .saved {
        color: var(--state-completed);
      }
    `,
  ];

  override updated(changed: PropertyValues<this>): void {
    const { runId } = this;
    if (runId === '' || !(changed.has('runId') || changed.has('stamp'))) return;
    request(this, 'load-survived', {
      runId,
      show: (survived) => {
        if (this.runId === runId) this.survived = survived;
      },
    });
  }

  override render() {
    return survivedWords(this.survived);
  }
}

customElements.define('ev-run-survived', RunSurvived);
