/** What one reply of a model may be; the defaults of everturn.yaml's `limits`. */
export const replyLimits = {
  /** Bytes of text, thinking and tool calls together. */
  replyBytes: 4 * 1024 * 1024,
  /** Bytes of one line, or event, of the provider's stream. */
  replyLineBytes: 1024 * 1024,
  /** From the request to the reply's last byte. */
  replyMinutes: 60,
};

export type ReplyLimits = typeof replyLimits;
