import type { Row } from './row.ts';
import { calls } from './rows/calls.ts';
import { ends } from './rows/ends.ts';
import { errors } from './rows/errors.ts';
import { history } from './rows/history.ts';
import { limits } from './rows/limits.ts';
import { requests } from './rows/requests.ts';
import { roundTrip } from './rows/round-trip.ts';
import { streams } from './rows/streams.ts';
import { thinking } from './rows/thinking.ts';

export const groups: readonly { name: string; rows: readonly Row[] }[] = [
  { name: 'Round trip', rows: roundTrip },
  { name: 'History', rows: history },
  { name: 'Streams', rows: streams },
  { name: 'Thinking', rows: thinking },
  { name: 'Tool calls', rows: calls },
  { name: 'Ends', rows: ends },
  { name: 'Errors', rows: errors },
  { name: 'Requests', rows: requests },
  { name: 'Limits', rows: limits },
];
