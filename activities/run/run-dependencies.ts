import type { FindFlow } from '../../contracts/definition.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Dependencies } from '../dependencies.ts';
import type { RunCache } from './runs.ts';

export type RunDependencies = Pick<Dependencies, 'store' | 'models'> & {
  sandbox: Sandbox;
  findFlow: FindFlow;
  /** Where runs of a schedule work. */
  workspace: string;
  runs: RunCache;
};
