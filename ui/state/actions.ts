import type { Health, Session, SessionPage, SessionSnapshot, Span } from '../../contracts/api.ts';
import type { Approval, Decision } from '../../contracts/approvals.ts';
import type { ChunkPage } from '../../contracts/chunks.ts';
import type { EverturnError } from '../../contracts/errors.ts';
import type { StreamEvent } from '../../contracts/events.ts';
import type { Connection } from './conversation.ts';
import type { OutboxItem } from './outbox.ts';
import type { Notice, Panel, ThemeChoice } from './shell.ts';

/** Everything that can change the state. Those with `sessionId` come late at times and count for that session only. */
export type Action =
  | { type: 'token-set'; token: string }
  | { type: 'token-refused'; reason: string }
  | { type: 'health'; health: Health }
  | { type: 'health-failed'; error: EverturnError }
  | { type: 'theme'; theme: ThemeChoice }
  | { type: 'panel'; panel: Panel }
  | { type: 'rail'; open: boolean }
  | { type: 'notice'; notice: Notice }
  | { type: 'notice-dismissed'; id: number }
  | { type: 'creating' }
  | { type: 'created'; session: Session }
  | { type: 'create-failed'; error: EverturnError }
  | { type: 'search'; q: string }
  | { type: 'sessions-loading'; more: boolean }
  | { type: 'sessions-first'; q: string; page: SessionPage }
  | { type: 'sessions-more'; q: string; page: SessionPage }
  | { type: 'sessions-failed'; error: EverturnError }
  | { type: 'session-changed'; session: Session }
  | { type: 'session-deleted'; id: string }
  | { type: 'approvals'; approvals: Approval[] }
  | { type: 'answering'; id: string; decision: Decision }
  | { type: 'answer-failed'; id: string; message: string }
  | { type: 'answered'; id: string }
  | { type: 'opened'; id: string | null; turn: number | null }
  | { type: 'snapshot'; sessionId: string; snapshot: SessionSnapshot }
  | { type: 'events'; sessionId: string; events: StreamEvent[] }
  | { type: 'connection'; sessionId: string; connection: Connection }
  | { type: 'older-loading'; sessionId: string }
  | { type: 'older'; sessionId: string; page: ChunkPage }
  | { type: 'older-failed'; sessionId: string; error: EverturnError }
  | { type: 'trace'; sessionId: string; turn: number; spans: Span[] | null }
  | { type: 'cancelling'; sessionId: string; turn: number | null }
  | { type: 'draft'; sessionId: string; text: string }
  | { type: 'outbox-added'; item: OutboxItem }
  | { type: 'outbox-sending'; key: string }
  | { type: 'outbox-sent'; key: string; messageId: string }
  | { type: 'outbox-failed'; key: string; error: EverturnError }
  | { type: 'outbox-removed'; key: string };
