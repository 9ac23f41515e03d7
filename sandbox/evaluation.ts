export type Evaluation = {
  /** `template`: text with `${expression}` holes. `code`: a function body with `return`. */
  kind: 'expression' | 'template' | 'code';
  source: string;
  /** Becomes the globals of the evaluation, JSON values: `input`, `results`, `item`, `index`… */
  scope: Record<string, unknown>;
  /** Named in errors, such as `steps.total.code`. */
  label: string;
  /** Default: 10 s. Waiting for a free thread does not count. */
  timeMs?: number;
  /** Default: 64 MB, which the engine's own needs are part of; at least 24 MB. */
  memoryBytes?: number;
  /** Of JSON. Default: 1 MB. */
  outputBytes?: number;
};

export type Kind = Evaluation['kind'];

/** An evaluation as a thread gets it. */
export type Job = Pick<Evaluation, 'kind' | 'source' | 'label'> & {
  scope: string;
  memoryBytes: number;
  outputBytes: number;
};
