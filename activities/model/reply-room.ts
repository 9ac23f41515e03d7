/** What refusals say of the limit of a reply: of `max_tokens`, not of the prompt. */

const numberOf = (text: string | undefined): number => Number(text?.replaceAll(',', '') || Number.NaN);

/** The most that a model answers, whatever it is asked. */
const mosts: readonly RegExp[] = [
  // Groq, OpenAI. Where it is a part of a sum, the prompt is the other one.
  /(?<!\+ ["'`]?)max_?(?:completion_?|output_?|new_?)?tokens\b.{0,100}?(?:less than or equal to|at most|no more than|not exceed|<=) ["'`]?(?<most>\d[\d,]*)/i,
  // Anthropic
  /max_tokens: \d+ > (?<most>\d[\d,]*), which is the maximum/i,
  // Bedrock
  /maximum tokens you requested exceeds? the model limit of (?<most>\d[\d,]*)/i,
  // DeepSeek, DashScope
  /range of max_(?:completion_)?tokens (?:is|should be) \[\d+, ?(?<most>\d[\d,]*)\]/i,
  // Vertex names the first number that is too large
  /maxOutputTokens\b.{0,100}?to (?<above>\d[\d,]*) \(exclusive\)/i,
];

/** What a prompt leaves of the window. `least`: the prompt has at least as many tokens, and may have more. */
const rooms: readonly RegExp[] = [
  /exceed context limit: (?<prompt>\d[\d,]*) \+ \d[\d,]* > (?<window>\d[\d,]*)/i,
  /maximum context length is (?<window>\d[\d,]*) tokens.{0,40}?requested(?: about)? (?<total>\d[\d,]*) tokens \(.{0,120}?[,;] (?<asked>\d[\d,]*) (?:in|for) the (?:completion|output)/i,
  /max_(?:completion_)?tokens["'`]? is too large: \d[\d,]*.{0,60}?maximum context length is (?<window>\d[\d,]*) tokens and your request has (?<prompt>\d[\d,]*) input tokens/i,
  /maximum context length is (?<window>\d[\d,]*) tokens.{0,40}?requested \d[\d,]* output tokens and your prompt contains (?<least>at least )?(?<prompt>\d[\d,]*) input tokens/i,
];

const mostIn = (said: string): number | null => {
  for (const wording of mosts) {
    const { most, above } = wording.exec(said)?.groups ?? {};
    const tokens = above === undefined ? numberOf(most) : numberOf(above) - 1;
    if (tokens > 0) return tokens;
  }
  return null;
};

/** Less is not worth a reply: the conversation is made shorter instead. */
const leastRoom = 1024;

/** `asked`: tokens that the request allowed its reply. */
const roomIn = (said: string, asked: number): number | null => {
  for (const wording of rooms) {
    const { window, prompt, total, asked: reply, least } = wording.exec(said)?.groups ?? {};
    if (window === undefined) continue;
    const used = total === undefined ? numberOf(prompt) : numberOf(total) - numberOf(reply);
    const left = least === undefined ? numberOf(window) - used : Math.floor(asked / 2);
    return left >= leastRoom && left < asked ? left : null;
  }
  return null;
};

/** Whether a refusal is about the limit of replies alone: no shorter prompt makes it pass. */
export const isOfReplyLimit = (said: string): boolean => mostIn(said) !== null;

/** The limit with which a request would pass. `holds`: for every request to this model, not only for this one. */
export const replyRoom = (said: string, asked: number): { tokens: number; holds: boolean } | null => {
  const most = mostIn(said);
  if (most !== null) return most < asked ? { tokens: most, holds: true } : null;
  const room = roomIn(said, asked);
  return room === null ? null : { tokens: room, holds: false };
};
