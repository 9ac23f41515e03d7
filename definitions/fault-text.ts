import type { Fault } from '../contracts/flow.ts';

/** `file:line:column path message` */
export const faultText = ({ file, line, column, path, message }: Fault): string =>
  `${file}:${line}:${column}${path === '' ? '' : ` ${path}`} ${message}`;

/** The first faults, a line each, and how many more there are. */
export const tellFaults = (faults: readonly Fault[], count: number): string => {
  const more = faults.length - count;
  const lines = faults.slice(0, count).map(faultText);
  return [...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
};
