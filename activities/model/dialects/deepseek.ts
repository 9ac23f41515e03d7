import { type Dialect, isHost } from './dialect.ts';

/** Replaces the reasoning of another provider's model, which is not sent. */
export const noReasoning = '(none)';

/** In thinking mode it refuses a message with tool calls that brings no reasoning. It knows two levels of effort. */
export const deepseek: Dialect = {
  name: 'deepseek',
  isAt: (url) => isHost(url, 'api.deepseek.com'),
  effort: (effort) => ({ reasoning_effort: effort === 'xhigh' || effort === 'max' ? 'max' : 'high' }),
  complete: (message, { calls }, { isOwn, thinking }) =>
    calls.length === 0 || message.reasoning_content
      ? message
      : { ...message, reasoning_content: (isOwn && thinking) || noReasoning },
};
