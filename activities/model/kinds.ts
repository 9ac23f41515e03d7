import type { ErrorCode } from '../../contracts/errors.ts';
import { isOfReplyLimit } from './reply-room.ts';
import type { Facts } from './words.ts';

/**
 * What is the matter: `quota` is used up, `rate_limit` asks to wait, `overload` is the provider's own, `overflow` is a
 * request longer than the context, `refusal` is of what the request is about, `invalid` of its form.
 */
export type FailureKind =
  | 'auth'
  | 'quota'
  | 'rate_limit'
  | 'overload'
  | 'overflow'
  | 'refusal'
  | 'not_found'
  | 'invalid'
  | 'timeout'
  | 'unavailable'
  | 'cut'
  | 'unreadable'
  | 'too_long';

const overflow =
  /context[ _-]?(length|window|size|limit)|maximum (context|input|prompt)|max_model_len|(prompt|input|request|conversation|messages?)[^.]{0,40} too (long|large)|too many (input |prompt )?tokens|tokens? (count )?(of |in )?[^.]{0,60}exceed|exceed[^.]{0,60}(context|(input|prompt|maximum|max)[^.]{0,30} tokens?|token limit)|reduce the length|longer than the (model|maximum)|ContextWindowExceeded|context too long|input is too long|range of input length|max_tokens_exceeded|more than (the )?max(imum)? tokens|prompt_(is_)?too_long|must have less than [\d,]+ tokens|input length [\d,]+ exceeds|exceeds the size limit of [\d,]+ tokens|input to be at most [\d,]+ tokens|最大上下文|上下文长度/i;

/** More in one request than the key may send in a minute, or at all: no wait makes it fit. */
const tooLarge = /request too large for\b.*\brequested|long context requests/is;
/** Words of limits in time. They may count tokens, and are no overflow then: the same request fits later. */
const throttled =
  /rate[ _-]?limit|too many requests|throttl|please wait|tokens? (per|a) (second|minute|min|hour|day)|tokens processed|\bTPM\b|速率限制/i;

const quota =
  /insufficient[ _-]?(quota|balance|credit|fund)|(exceeded|out of|used up|no|low|enough)[^.]{0,30}(quota|credits?|balance)|credit balance|billing|payment required|arrear|overdue|quota[ _-]?exceeded|AllocationQuota|free tier[^.]{0,40}exhausted|余额|欠费|使用上限/i;
const rate =
  /rate[ _-]?limit|too many (requests|tokens)|requests? per (second|minute|day|hour|min)|tokens? per (minute|day|min)|throttl|slow down|RESOURCE_EXHAUSTED|限流|频率|并发|速率限制|请求过多/i;
const overload =
  /overload|over capacity|at capacity|no (available )?(capacity|instances?|workers?|backend)|server is busy|currently busy|high demand|engine_overloaded|繁忙|访问量过大/i;
const auth =
  /invalid[ _-]?(api[ _-]?)?key|incorrect api key|(api )?key (is )?(invalid|expired|not valid|disabled)|unauthori[sz]ed|unauthenticated|authentication|permission[ _]denied|access denied|invalid token|令牌/i;
const refusal =
  /content[ _-]?(policy|filter|management|moderation|safety)|responsible ?ai|moderation|flagged|data_inspection_failed|inappropriate|usage polic|safety (system|filter|reason)|sensitive|prohibited|blocked by|内容安全|敏感/i;
const missing =
  /model[^.]{0,80}(not found|does not exist|not exist|unknown|not available|no longer available)|(no such|unknown|invalid) model|model_not_found|no endpoints found/i;
const invalid =
  /invalid[ _-]?(request|argument|param|value|input)|bad[ _-]?request|BadRequest|validation|unprocessable|unsupported|not supported|INVALID_ARGUMENT|FAILED_PRECONDITION/i;
const timeout = /time[ds]?[ _-]?out|DEADLINE_EXCEEDED/i;

const kindOfStatus = (status: number): FailureKind => {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota';
  if (status === 404) return 'not_found';
  if (status === 408 || status === 504 || status === 524) return 'timeout';
  if (status === 429) return 'rate_limit';
  if (status === 503 || status === 529) return 'overload';
  // 407 is of a proxy in between, not of the request.
  if (status >= 500 || status === 407 || status === 409 || status === 425) return 'unavailable';
  return status === 413 ? 'overflow' : 'invalid';
};

/** Too long for the model, not too much for now, and not a limit of the reply that is set too high. */
const isOverflow = (words: string): boolean =>
  tooLarge.test(words) || (overflow.test(words) && !throttled.test(words) && !isOfReplyLimit(words));

/** The words decide only what the status leaves open: gateways pass one refusal on under several. */
const kindOf = (status: number, words: string, hasDelay: boolean): FailureKind => {
  const kind = kindOfStatus(status);
  if (kind === 'rate_limit') {
    if (tooLarge.test(words)) return 'overflow';
    return !hasDelay && quota.test(words) ? 'quota' : 'rate_limit';
  }
  if (kind === 'auth') return refusal.test(words) ? 'refusal' : quota.test(words) ? 'quota' : 'auth';
  if (kind === 'quota' || kind === 'timeout') return kind;
  if (isOverflow(words)) return 'overflow';
  if ((kind === 'invalid' || kind === 'unavailable') && throttled.test(words)) return 'rate_limit';
  if (kind === 'invalid' && refusal.test(words)) return 'refusal';
  if (kind === 'invalid' && quota.test(words)) return 'quota';
  if (kind === 'invalid' && /invalid[ _-]?api[ _-]?key|api key not valid|incorrect api key/i.test(words)) return 'auth';
  if (kind === 'invalid' && missing.test(words)) return 'not_found';
  return kind;
};

/** The status that an error would have had, had it not come inside another answer. */
const guessStatus = (words: string): number => {
  if (isOverflow(words)) return 400;
  if (quota.test(words) && !/RESOURCE_EXHAUSTED/.test(words)) return 402;
  if (rate.test(words)) return 429;
  if (auth.test(words)) return 401;
  if (overload.test(words)) return 503;
  if (refusal.test(words)) return 400;
  if (missing.test(words)) return 404;
  if (timeout.test(words)) return 504;
  return invalid.test(words) ? 400 : 502;
};

const isStatus = (value: number): boolean => Number.isInteger(value) && value >= 400 && value < 600;

/** Of an error that has no HTTP status of its own; some providers put one into a field. */
export const statusIn = (error: Facts, words: string): number =>
  [error.code, error.status, error.status_code, error.statusCode, error.http_code, error.http_status]
    .map(Number)
    .find(isStatus) ?? guessStatus(words);

const codes: Record<FailureKind, ErrorCode> = {
  auth: 'model_unauthorized',
  quota: 'model_refused',
  rate_limit: 'model_rate_limited',
  overload: 'model_unavailable',
  overflow: 'model_refused',
  refusal: 'model_refused',
  not_found: 'model_not_found',
  invalid: 'model_refused',
  timeout: 'model_timeout',
  unavailable: 'model_unavailable',
  cut: 'model_stream_cut',
  unreadable: 'model_unreadable',
  too_long: 'model_reply_too_long',
};

/** A quota that is refused with 429 may be back in a moment: only its words say otherwise. */
export const judge = (status: number, words: string, hasDelay: boolean): { kind: FailureKind; code: ErrorCode } => {
  const kind = kindOf(status, words, hasDelay);
  return { kind, code: status === 429 && kind !== 'overflow' ? 'model_rate_limited' : codes[kind] };
};

export const codeOf = (kind: FailureKind): ErrorCode => codes[kind];
