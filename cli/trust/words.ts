import { visibleInLine } from '../../contracts/shown.ts';
import type { Grant, TrustState } from '../../contracts/trust.ts';

const grantWords = (grants: readonly Grant[]): string[] =>
  grants.map(({ file, kind, allows }) => `  ${kind.padEnd(12)} ${allows}  [${file}]`);

/** What a project brings and would allow, and how that differs from what was trusted last. */
export const trustWords = ({ folder, trusted, by, changed, grants, gone }: TrustState): string => {
  if (grants.length === 0) return visibleInLine(`${folder} brings nothing that would need your trust`);
  const state = by === 'environment' ? 'is trusted by EVERTURN_TRUST' : trusted ? 'is trusted' : 'is not trusted';
  const lines = [
    `${folder} ${state}. It ${trusted ? 'allows' : 'would allow'}:`,
    ...grantWords(grants),
    ...(changed.length > 0 && by === null
      ? ['Not trusted as they are now:', ...changed.map(({ file, change }) => `  ${change.padEnd(12)} ${file}`)]
      : []),
    ...(gone.length > 0 && by === null ? ['No longer there:', ...grantWords(gone)] : []),
  ];
  // Names of files and keys are the project's: none of them begins a line.
  return lines.map(visibleInLine).join('\n');
};
