import { html, nothing } from 'lit';
import type { Rerun } from '../../contracts/runs.ts';
import { request } from '../events.ts';
import { dialogFormStyles } from '../parts/dialog-form.styles.ts';
import { element } from '../parts/element.ts';
import { icon } from '../parts/icons.ts';
import { faultsOf } from '../parts/model/form.ts';
import { plural } from '../parts/model/format.ts';
import { shared } from '../parts/shared.styles.ts';
import { againFrom } from './model/rerun.ts';
import type { OpenRun } from './state/run.ts';

type RerunFormProps = {
  open: OpenRun | null;
  fault: string | null;
  /** Null: what the dialog was opened with. */
  from: string | null;
  fresh: boolean;
};

const namedSteps = 8;

/** How a run is to be run again: from where, with which input, by which definition. */
class RerunForm extends element<RerunFormProps>(
  { open: null, fault: null, from: null, fresh: false },
  'fault',
  'from',
  'fresh',
) {
  static override styles = [shared, dialogFormStyles];

  /** A long input did not come with the run: it is read to be edited. */
  override connectedCallback(): void {
    super.connectedCallback();
    void this.updateComplete.then(() => {
      if (this.open?.input === undefined) request(this, 'load-ends', null);
    });
  }

  private get start(): string {
    return this.from ?? this.open?.rerunFrom ?? '';
  }

  override render() {
    const { open } = this;
    if (!open?.view) return nothing;
    const { steps } = open.view;
    const busy = open.asked === 'rerun';
    const error = this.fault ?? open.rerunError?.message ?? null;
    return html`<form @submit=${this.submit}>
      <p>Starts a new run. Results whose inputs did not change are reused at no cost; everything else runs again.</p>
      <label>
        <span>From</span>
        <select name="from" @change=${this.fromChanged}>
          <option value="">The first step that changed</option>
          ${steps.map(({ id }) => html`<option value=${id} ?selected=${id === this.start}>${id}, and what depends on it</option>`)}
        </select>
        ${this.preview(open)}
      </label>
      <label>
        <span>Definition</span>
        <select name="definition">
          <option value="current">The file as it is now</option>
          <option value="original">The one this run was started with</option>
        </select>
      </label>
      <label>
        <span>Input</span>
 <textarea class="mono" name="input" spellcheck="false" placeholder=${open.input === undefined ? 'Loading the input…' : 'The same. Or a JSON object that replaces it'} .defaultValue=${open.input ? JSON.stringify(open.input, null, 2) : ''}></textarea>
      </label>
      <label class="check"><input type="checkbox" name="fresh" .checked=${this.fresh} @change=${this.freshChanged} />Reuse no results</label>
      ${error ? html`<div class="error" role="alert">${error}${this.fault ? nothing : (open.rerunError ? faultsOf(open.rerunError) : []).map((fault) => html`<br />${fault}`)}</div>` : nothing}
      <div class="actions"><button class="primary" ?disabled=${busy}>${icon('retry', 14)}${busy ? 'Starting…' : 'Re-run'}</button></div>
    </form>`;
  }

  /** What will run for certain, before anybody pays for it. */
  private preview({ view }: OpenRun) {
    if (!view) return nothing;
    if (this.fresh) return html`<small>All ${plural(view.steps.length, 'step')} run again.</small>`;
    if (this.start === '') return nothing;
    const again = againFrom(view.steps, this.start);
    const named = again.slice(0, namedSteps).join(', ');
    const more = again.length - namedSteps;
    return html`<small>${plural(again.length, 'step')} of ${view.steps.length} run again: ${named}${more > 0 ? ` and ${more} more` : ''}.</small>`;
  }

  private fromChanged(event: Event): void {
    if (event.target instanceof HTMLSelectElement) this.from = event.target.value;
  }

  private freshChanged(event: Event): void {
    if (event.target instanceof HTMLInputElement) this.fresh = event.target.checked;
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
