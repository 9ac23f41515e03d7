/** A moment, by both clocks: the steady one stops while some machines sleep, the other can be set. */
export type Moment = { steady: number; wall: number };

export const never: Moment = { steady: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };

export const now = (): Moment => ({ steady: performance.now(), wall: Date.now() });

/** Milliseconds by the clock that has moved further. */
export const since = ({ steady, wall }: Moment): number => Math.max(performance.now() - steady, Date.now() - wall);
