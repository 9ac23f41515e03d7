import { readSource } from '../../../runtime/secrets.ts';

/** A program of the stack that writes the names of what it was handed into its log. */
process.once('SIGTERM', () => process.exit(0));
console.log(Object.keys(readSource()).join(' '));
process.send?.({ type: 'ready' });
setInterval(() => undefined, 60_000);
