import { startModelServer } from './server.ts';

await startModelServer(Number(process.env.BENCH_PORT));
process.once('SIGTERM', () => process.exit(0));
process.send?.({ type: 'ready' });
