import type { Dependencies } from '../dependencies.ts';
import type { RunCache } from './runs.ts';

export type RunDependencies = Pick<
  Dependencies,
  | 'store'
  | 'models'
  | 'sandbox'
  | 'findFlow'
  | 'workspace'
  | 'project'
  | 'quickSteps'
  | 'agentsAtOnce'
  | 'commandEnv'
  | 'confinement'
  | 'commandSeconds'
  | 'tools'
  | 'fileRules'
> & {
  runs: RunCache;
};
