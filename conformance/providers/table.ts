import type { ChunkBody } from '../../contracts/chunks.ts';
import type { Received } from './imitation.ts';
import type { Row } from './row.ts';
import type { Outcome } from './run-row.ts';

const short = (text: string, most: number): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
};

const bodyIn = (body: ChunkBody): string => {
  if (body.kind === 'text') return JSON.stringify(short(body.text, 40));
  if (body.kind === 'thinking') return `thinking ${JSON.stringify(short(body.text, 30))}`;
  if (body.kind !== 'tool_call') return body.kind;
  const call = `${short(body.tool, 24)}(${short(body.arguments, 24)})`;
  return body.isWhole === false ? `${call} cut` : call;
};

/** What came into the transcript. */
export const transcriptOf = ({ said, error, replies }: Outcome): string => {
  const parts = said.map(bodyIn);
  const finish = replies.at(-1)?.finishReason;
  if (error) parts.push(`${error.code}${typeof error.details?.kind === 'string' ? ` (${error.details.kind})` : ''}`);
  else if (finish !== undefined && finish !== 'stop' && finish !== 'tool_calls') parts.push(`[${finish}]`);
  return parts.length > 0 ? parts.join(', ') : 'nothing';
};

const isRefused = ({ refused }: Received): boolean => refused !== null;

/** What was asked, and what of it the provider refused. */
export const requestsOf = ({ received }: Outcome): string => {
  const refused = received.filter(isRefused).map((request) => request.refused);
  const accepted = received.length - refused.length;
  const roles =
    received
      .findLast((request) => !isRefused(request))
      ?.asked.messages.map(({ role }) => role[0])
      .join('') ?? '';
  return [
    `${accepted} accepted`,
    ...(refused.length > 0 ? [`refused: ${refused.join(', ')}`] : []),
    ...(roles ? [roles] : []),
  ].join('; ');
};

const pad = (text: string, width: number): string => short(text, width).padEnd(width);

export const head = (): string =>
  `    ${pad('dialect', 10)}  ${pad('oddity', 58)}  ${pad('requests (s system, u user, a assistant, t tool)', 48)}  transcript`;

export const lineOf = (row: Row, outcome: Outcome, faults: readonly string[]): string =>
  [
    `${faults.length === 0 ? ' ✓ ' : ' ✗ '} ${pad(row.dialect, 10)}  ${pad(row.oddity, 58)}  ${pad(requestsOf(outcome), 48)}  ${short(transcriptOf(outcome), 100)}`,
    ...faults.map((fault) => `      ${fault}`),
  ].join('\n');
