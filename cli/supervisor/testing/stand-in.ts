import { untilWanted } from '../../../runtime/spare.ts';

/** A program of the stack that does nothing: it is ready at once and ends at SIGTERM. */
await untilWanted();
process.once('SIGTERM', () => process.exit(0));
process.send?.({ type: 'ready' });
setInterval(() => undefined, 60_000);
