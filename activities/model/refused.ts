import { imageIn, partsIn } from '../../contracts/image-parts.ts';
import type { WireAssistant } from '../../contracts/request.ts';
import { type Adaptation, type Draft, limitNames, refusedImages } from './adapt.ts';
import type { Refusal } from './failures.ts';
import { replyRoom } from './reply-room.ts';
import { isSimple, keywordsOf } from './schema-keywords.ts';
import { beginsWithTag } from './think-tags.ts';

const complaint =
  /unsupport|not support|n.t support|unrecogni[sz]ed|unknown|unexpected|extra|additional|not permitted|not allowed|forbidden|invalid|does not|cannot|can't|deprecated|must|should|only|missing|expect|required|no such|not (a )?(valid|implemented|available)|illegal|reject|unable|fail|no endpoints|exceed|too large|too big|too many|too much|at most|maximum|is not a|could not/i;

/** Fields that change how a request is served, not what is asked. */
const optional = ['stream_options', 'reasoning_effort', 'temperature'];

const camel = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const names = (said: string, name: string): boolean =>
  [name, camel(name)].some((each) =>
    said
      .toLowerCase()
      .split(/[^a-z0-9_$]+/)
      .includes(each.toLowerCase()),
  );

const isOdd = (keyword: string): boolean => /[A-Z$_]/.test(keyword);

/** Keywords that are words of English, too, count only where they are quoted or called a keyword. */
const namesKeyword = (said: string, keyword: string): boolean => {
  if (isOdd(keyword)) return names(said, keyword);
  const at = said.toLowerCase().indexOf(keyword.toLowerCase());
  if (at < 0) return false;
  const before = said.slice(Math.max(0, at - 24), at);
  const after = said[at + keyword.length] ?? '';
  return (
    (/["'`.[\\]$/.test(before) && /["'`\]\\.:,]/.test(after)) ||
    /(keyword|property|field|attribute|key)s?:?\s*$/i.test(before)
  );
};

/** Thinking and tools exclude each other there, and to leave the field out is not enough. */
const asksForNoEffort = ({ fields, tools }: Draft, said: string): boolean =>
  tools.length > 0 && fields.reasoning_effort !== 'none' && /\breasoning_effort['"`]? to ['"`]?none\b/i.test(said);

const fieldsOf = (draft: Draft, said: string): Adaptation[] => {
  if (asksForNoEffort(draft, said)) return ['no effort'];
  const { fields } = draft;
  const found: Adaptation[] = [];
  for (const name of optional.filter((field) => field in fields && names(said, field))) {
    if (name === 'reasoning_effort' && ['xhigh'].includes(String(fields[name])) && /\b(low|medium|high)\b/i.test(said))
      found.push('lower effort');
    else found.push(name);
  }
  if ('stream_options' in fields && names(said, 'include_usage')) found.push('stream_options');
  if ('reasoning' in fields && /["'`]reasoning(\.effort)?["'`]/.test(said)) found.push('reasoning');
  return found;
};

const isUnsupported = (said: string): boolean =>
  /unsupport|not support|unrecogni[sz]ed|unknown|unexpected|extra|not permitted|not allowed|use ['"`]?max_/i.test(said);

const renamesOf = ({ fields }: Draft, said: string): Adaptation[] =>
  ['max_tokens', 'max_completion_tokens']
    .filter((name) => name in fields && names(said, name) && isUnsupported(said))
    .map((name) => `rename:${name}`);

const isOfSignature = (said: string): boolean =>
  /signature|(redacted_)?thinking[`'"]? blocks?|encrypted[ _]content/i.test(said);

/** A limit of the reply that is above what the model gives, or what the prompt leaves of its window. */
export const ofLimit = ({ fields }: Draft, said: string): Adaptation[] => {
  const asked = limitNames.map((name) => fields[name]).find((value) => typeof value === 'number');
  const room = asked === undefined ? null : replyRoom(said, asked);
  return room ? [`${room.holds ? 'limit' : 'room'}:${room.tokens}`] : [];
};

const ofTools = ({ tools, messages }: Draft, said: string): Adaptation[] =>
  tools.length === 0 &&
  messages.some((message) => message.role === 'assistant' && message.tool_calls) &&
  /toolConfig|without ['"`]?tools|tools['"`]? (field|param(eter)?) (is|must be) (required|defined|specified)/i.test(
    said,
  )
    ? ['with tools']
    : [];

const ofDescriptions = ({ tools }: Draft, said: string): Adaptation[] => {
  if (!/function\.description|tool descriptions?\b/i.test(said) || !/too long|maximum|at most|exceed/i.test(said))
    return [];
  const most = Number(
    /(?:maximum length|at most|exceeds?(?: the)?(?: maximum| limit)?(?: of)?) (\d+)/i.exec(said)?.[1] ?? 1024,
  );
  return most >= 64 && tools.some((tool) => tool.function.description.length > most) ? [`describe:${most}`] : [];
};

const assistantsOf = ({ messages }: Draft): WireAssistant[] =>
  messages.filter((message) => message.role === 'assistant');

const ofMessages = (draft: Draft, said: string): Adaptation[] => {
  const assistants = assistantsOf(draft);
  if (assistants.length === 0) return [];
  const isWanted =
    /pass(ed)? back|missing|required|must (be|have|include|contain)|lacks?\b/i.test(said) && !/must not/i.test(said);
  if (names(said, 'reasoning_content') && isWanted) return ['with reasoning'];
  if (/thought_?signature/i.test(said) && isWanted) return ['with signatures'];
  const fields = new Set(
    assistants.flatMap((message) => [
      ...Object.keys(message),
      ...(message.tool_calls ?? []).flatMap((call) => Object.keys(call)),
    ]),
  );
  for (const known of ['role', 'content', 'tool_calls', 'id', 'type', 'function']) fields.delete(known);
  const named = [...fields].filter((field) => names(said, field));
  if (named.length > 0) return named.map((field) => `message:${field}`);
  // Another model of the family signed it, so it is unknown from which field the provider made it.
  if (fields.size > 0 && isOfSignature(said)) return [...fields].map((field) => `message:${field}`);
  if (
    /tool[_ ]?calls?.{0,30}\bid|tool_call_id|call id/i.test(said) &&
    /length|must|match|pattern|invalid|a-z|characters/i.test(said)
  )
    return ['short ids'];
  const hasThinking = assistants.some(({ content }) => Array.isArray(content) || beginsWithTag(String(content)));
  if (hasThinking && /content|thinking/i.test(said)) return ['no thinking'];
  if (
    assistants.some(({ content }) => content === null) &&
    /content/i.test(said) &&
    /null|none|string|required|empty|missing/i.test(said)
  )
    return ['no null'];
  return [];
};

const hasImages = ({ messages }: Draft): boolean =>
  messages.some(({ role, content }) => role === 'user' && partsIn(content).some((part) => imageIn(part) !== null));

/** An image that is refused as it is: too large, of the wrong kind, not to be decoded. */
const isOfOneImage = (said: string): boolean =>
  /exceed|too (large|big|many|much|small)|maximum|at most|limit|dimension|resolution|(could|can) ?not (be )?(process|decod|read|load|pars|download|fetch|identif)|unable to (process|decode|read|load|download)|failed to (process|decode|read|load|download)|invalid (\w+ )?(image|base64|data)\b|corrupt|truncated|unsupported image\b(?! input)|image (data|format|type)|media[_ ]type|mime/i.test(
    said,
  );

const isOfImages = (said: string): boolean =>
  /\bimages?\b|image_url|image input|vision|multi-?modal|mmproj|modalit|content[^.]{0,40}(must be|should be|expected|valid)[^.]{0,20}string|(must|should) be a (valid )?string.{0,60}content|expected (a )?string[^.]{0,40}content|content (parts?|array|list)[^.]{0,40}not/i.test(
    said,
  );

/** Of a request with images: the model takes none, or not one of these. */
const ofImages = (draft: Draft, said: string): Adaptation[] => {
  if (!hasImages(draft) || !isOfImages(said)) return [];
  return [isOfOneImage(said) ? refusedImages : 'no images'];
};

const ofSystem = ({ messages }: Draft, said: string): Adaptation[] =>
  messages[0]?.role === 'system' &&
  /system[ _]?(role|message|prompt)|role[^.]{0,20}system|developer (instruction|message)/i.test(said)
    ? ['no system']
    : [];

const ofStream = ({ fields }: Draft, said: string): Adaptation[] =>
  fields.stream === true &&
  /stream/i.test(said.replaceAll(/stream_?options/gi, '')) &&
  /not support|unsupport|must be false|not (allowed|available)|does ?n.t support/i.test(said)
    ? ['no stream']
    : [];

/** Types in a list, enums of numbers, lists without items: plain keywords, said in a way that not everybody takes. */
const isOfForms = (said: string): boolean =>
  /cannot start list|not repeating|enum[^.]{0,40}only allowed for string|items[^.]{0,20}missing field|property is not defined|"?type"?[^.]{0,40}(must|should) be a string/i.test(
    said,
  );

const ofSchemas = ({ tools }: Draft, said: string): Adaptation[] => {
  if (isOfForms(said) && !isSimple(tools)) return ['simple schemas'];
  const isOfOne = /schema|function_?declaration|tools?[.[\d]|parameters|grammar/i.test(said);
  const keywords = keywordsOf(tools);
  if (keywords.length === 0) return isOfOne && !isSimple(tools) ? ['simple schemas'] : [];
  const named = keywords.filter((keyword) => namesKeyword(said, keyword));
  if (named.length > 0) return named.map((keyword) => `schema:${keyword}`);
  return isOfOne ? ['schema:*'] : [];
};

/** Refusals that name nothing: what is optional goes, all at once. */
const ofAnything = ({ fields }: Draft, said: string): Adaptation[] =>
  /(extra|unknown|unrecogni[sz]ed|unsupported|unexpected|additional)[^.]{0,20}(input|field|param|argument|propert|option|key)|(field|param|argument|option|propert)[^.]{0,30}(not (permitted|allowed|supported|recogni[sz]ed)|unknown|unsupported)/i.test(
    said,
  )
    ? ['stream_options', 'reasoning_effort'].filter((name) => name in fields)
    : [];

const statuses = [400, 404, 405, 406, 413, 415, 422, 500, 501, 502];

const rules = [
  ofImages,
  ofLimit,
  ofTools,
  ofDescriptions,
  fieldsOf,
  renamesOf,
  ofMessages,
  ofStream,
  ofSystem,
  ofSchemas,
  ofAnything,
];

/**
 * What to change after a refusal of something that can be left out or said in another way. Empty when the refusal is
 * about something else.
 */
export const adaptationsFor = (draft: Draft, { status, said }: Refusal): Adaptation[] => {
  if (!statuses.includes(status) || !complaint.test(said)) return [];
  for (const rule of rules) {
    const found = rule(draft, said);
    if (found.length > 0) return found;
  }
  return [];
};
