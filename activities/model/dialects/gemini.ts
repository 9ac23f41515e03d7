import type { WireAssistant, WireToolCall } from '../../../contracts/request.ts';
import { type Dialect, isHost } from './dialect.ts';

/** What Google accepts in place of the signature of a call that another model made. */
const noSignature = { google: { thought_signature: 'skip_thought_signature_validator' } };

const signed = (call: WireToolCall, index: number): WireToolCall =>
  index > 0 || call.extra_content ? call : { ...call, extra_content: noSignature };

export const signCalls = (message: WireAssistant): WireAssistant =>
  message.tool_calls ? { ...message, tool_calls: message.tool_calls.map(signed) } : message;

/** The first call of a message must bring a signature. */
export const gemini: Dialect = {
  name: 'gemini',
  isAt: (url) => isHost(url, 'generativelanguage.googleapis.com', 'aiplatform.googleapis.com'),
  complete: signCalls,
};
