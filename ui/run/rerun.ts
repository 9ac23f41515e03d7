import { html, nothing } from 'lit';
import type { Rerun } from '../../contracts/runs.ts';
import { request } from '../events.ts';
import { dialogFormStyles } from '../parts/dialog-form.styles.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { faultsOf } from '../parts/model/form.ts';
import { shared } from '../parts/shared.styles.ts';
import type { OpenRun } from './state/run.ts';

type RerunFormProps = {
  open: OpenRun | null;
  fault: string | null;
};

/** How a run is to be run again: from where, with which input, by which definition. */
class RerunForm extends element<RerunFormProps>({ open: null, fault: null }, 'fault') {
  static override styles = [shared, dialogFormStyles];

  override render() {
    const { open } = this;
    if (!open?.view) return nothing;
    const { steps } = open.view;
    const busy = open.asked === 'rerun';
    const error = this.fault ?? open.rerunError?.message ?? null;
    return html`<form @submit=${this.submit}>
      <p>A new run begins. Results whose inputs did not change are used again and cost nothing; all else runs.</p>
      <label>
        <span>From</span>
        <select name="from">
          <option value="">wherever something changed</option>
          ${steps.map(({ id }) => html`<option value=${id} ?selected=${id === open.rerunFrom}>${id}, and what depends on it</option>`)}
        </select>
      </label>
      <label>
        <span>Definition</span>
        <select name="definition">
          <option value="current">the file as it is now</option>
          <option value="original">what this run was started with</option>
        </select>
      </label>
      <label>
        <span>Input</span>
        <textarea class="mono" name="input" spellcheck="false" placeholder="The same. Or a JSON object that replaces it" .defaultValue=${open.input ? JSON.stringify(open.input, null, 2) : ''}></textarea>
      </label>
      <label class="check"><input type="checkbox" name="fresh" />Use no earlier result again</label>
      ${error ? html`<div class="error" role="alert">${error}${this.fault ? nothing : (open.rerunError ? faultsOf(open.rerunError) : []).map((fault) => html`<br />${fault}`)}</div>` : nothing}
      <div class="actions"><button class="primary" ?disabled=${busy}>${icon('retry', 14)}${busy ? 'Starting…' : 'Re-run'}</button></div>
    </form>`;
  }

  private submit(event: SubmitEvent): void {
    event.preventDefault();
    const { open } = this;
    if (!open || !(event.target instanceof HTMLFormElement)) return;
    const fields = new FormData(event.target);
    const from = String(fields.get('from') ?? '');
    const written = String(fields.get('input') ?? '').trim();
    const unchanged = open.input ? JSON.stringify(open.input, null, 2) : '';
    this.fault = null;
    let input: Rerun['input'];
    if (written !== '' && written !== unchanged) {
      try {
        input = JSON.parse(written) as Record<string, unknown>;
      } catch (cause) {
        this.fault = `Cannot re-run: the input is not JSON (${cause instanceof Error ? cause.message : String(cause)})`;
        return;
      }
    }
    request(this, 'rerun', {
      definition: fields.get('definition') === 'original' ? 'original' : 'current',
      fresh: fields.has('fresh'),
      ...(from === '' ? {} : { from }),
      ...(input === undefined ? {} : { input }),
    });
  }
}

customElements.define('ev-rerun', RerunForm);
