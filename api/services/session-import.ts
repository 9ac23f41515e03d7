import { attachmentsIn } from '../../contracts/chunks.ts';
import { isAfter } from '../../contracts/context/epoch.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { plainFault, plainLimits } from '../../contracts/plain-values.ts';
import {
  type ChunkLine,
  type EpochLine,
  type SessionFile,
  SessionLine,
  sessionFileLimits,
  type TurnLine,
} from '../../contracts/session-file.ts';
import { strictly } from '../../contracts/strictly.ts';
import { createAttachmentOrder, type FoundAttachment } from './attachment-lines.ts';

const Line = strictly(SessionLine);
const limits = sessionFileLimits;

export const refused = (line: number, why: string): EverturnError =>
  new EverturnError('import_invalid', `Cannot import the session: line ${line}: ${why}`, { details: { line } });

const read = (text: string, line: number): SessionLine => {
  if (text.length > limits.line)
    throw refused(line, `it has ${text.length} characters, at most ${limits.line} are taken`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused(line, 'it is not JSON');
  }
  // Characters that Postgres cannot keep are replaced when they are written.
  const fault = plainFault('line', value, { ...plainLimits, texts: false });
  if (fault) throw refused(line, fault.replace(/^line\/?/, ''));
  const parsed = Line.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue?.path.map(String).join('.') ?? '';
  const what = issue?.code === 'unrecognized_keys' ? `unknown field ${issue.keys.join(', ')}` : issue?.message;
  throw refused(line, `${path ? `${path}: ` : ''}${what}`.slice(0, 500));
};

/** Lines of a text, without a copy of the whole. An empty last line does not count, nor does a byte order mark. */
function* linesOf(text: string): Generator<string> {
  let from = text.startsWith('\uFEFF') ? 1 : 0;
  while (from < text.length) {
    const end = text.indexOf('\n', from);
    const until = end < 0 ? text.length : end;
    yield text.slice(from, text[until - 1] === '\r' ? until - 1 : until);
    from = until + 1;
  }
}

const countsOf = (turns: number, chunks: number, epochs: number, attachments: number): string =>
  `${turns} turns, ${chunks} chunks, ${epochs} epochs and ${attachments} attachments`;

/** Of each line after the head: whether it may be there. */
const createOrder = () => {
  const turns: TurnLine[] = [];
  const chunks: ChunkLine[] = [];
  const epochs: EpochLine[] = [];
  const places = new Set<string>();
  /** The attachments that chunks name, and the line of the first that does. */
  const needed = new Map<string, number>();
  let lines = 0;

  const turn = (found: TurnLine, line: number): void => {
    const before = turns.at(-1)?.turn ?? 0;
    if (found.turn !== before + 1) throw refused(line, `expected turn ${before + 1}, found ${found.turn}`);
    if (found.endedAt < found.startedAt) throw refused(line, 'endedAt is before startedAt');
    turns.push(found);
  };

  const chunk = (found: ChunkLine, line: number): void => {
    const { step, ordinal, body } = found;
    // What was said before the first turn is in it.
    if (found.turn > (turns.at(-1)?.turn ?? 0)) throw refused(line, `turn ${found.turn} has no line before its chunks`);
    const place = `${found.turn}/${step}/${ordinal}`;
    if (places.has(place))
      throw refused(line, `a second chunk at turn ${found.turn}, step ${step}, ordinal ${ordinal}`);
    lines += 1;
    if (lines > limits.chunks) throw refused(line, `more than ${limits.chunks} chunks`);
    for (const id of attachmentsIn(body)) if (!needed.has(id)) needed.set(id, line);
    places.add(place);
    if (body.kind !== 'usage') chunks.push(found);
  };

  const epoch = (found: EpochLine, line: number): void => {
    const { kind, made, failed, summary } = found;
    const before = epochs.length;
    if (found.epoch !== before + 1) throw refused(line, `expected epoch ${before + 1}, found ${found.epoch}`);
    if (made.turn > (turns.at(-1)?.turn ?? 0))
      throw refused(line, `turn ${made.turn}, which made the epoch, has no line before it`);
    if (isAfter(found, made)) throw refused(line, 'the epoch reaches beyond the step that made it');
    const hasSummary = kind === 'compact' && failed === null;
    if (hasSummary !== (summary !== null))
      throw refused(line, hasSummary ? 'summary: a compaction has one' : 'summary: only a compaction in force has one');
    epochs.push(found);
  };

  return { turns, chunks, epochs, needed, turn, chunk, epoch, count: () => lines };
};

/**
 * Reads an exported session. Every line is checked to its depth before anything is written. Throws `import_invalid` with
 * the number of the first line that is wrong.
 */
export const readSessionFile = (text: string): SessionFile & { skippedUsage: number; attached: FoundAttachment[] } => {
  const order = createOrder();
  const attachments = createAttachmentOrder(refused);
  let head: SessionFile['head'] | null = null;
  let isEnded = false;
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    if (isEnded) throw refused(number, 'nothing may follow the end');
    const found = read(line, number);
    if (found.type === 'session') {
      if (head) throw refused(number, 'a second head: import one session at a time');
      head = found;
    } else if (!head) throw refused(number, 'expected the head of a session: {"type":"session",…}');
    else if (found.type === 'turn') order.turn(found, number);
    else if (found.type === 'chunk') order.chunk(found, number);
    else if (found.type === 'epoch') order.epoch(found, number);
    else if (found.type === 'attachment') attachments.add(found, number);
    else {
      isEnded = true;
      const counted = countsOf(found.turns, found.chunks, found.epochs ?? 0, found.attachments ?? 0);
      const there = countsOf(order.turns.length, order.count(), order.epochs.length, attachments.count());
      if (counted !== there) throw refused(number, `it counts ${counted}, but there are ${there}`);
    }
  }
  if (!head) throw refused(1, 'the file is empty');
  if (!isEnded) throw refused(number + 1, 'the file ends without its last line: it was cut off. Export it again');
  const { turns, chunks, epochs } = order;
  const attached = attachments.end(order.needed, number);
  return { head, turns, chunks, epochs, attached, skippedUsage: order.count() - chunks.length };
};
