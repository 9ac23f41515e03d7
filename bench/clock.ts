/** Milliseconds of the machine's monotonic clock: the same in every process, so that times can be taken in two of them. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;
