/** What a property asks for, by its name. */
export type Facet =
  | 'file'
  | 'line'
  | 'place'
  | 'quote'
  | 'title'
  | 'note'
  | 'severity'
  | 'category'
  | 'query'
  | 'number'
  | 'statement'
  | 'summary'
  | 'count'
  | 'certainty';

const words: Record<Facet, string> = {
  file: 'file path filename filepath folder directory dir url page address',
  line: 'line row lineno',
  place: 'location place where position',
  quote: 'quote quotation excerpt snippet passage code evidence extract',
  title: 'title name headline label heading problem issue finding',
  note: 'why note reason detail explanation comment relevance rationale description because justification suggestion fix remark',
  severity: 'severity priority impact risk urgency importance level',
  category: 'category kind type area eye aspect class topic',
  query: 'query search keyword term question pattern phrase angle',
  number: 'number source reference ref citation id index cite',
  statement: 'statement claim fact text sentence point content',
  summary: 'summary answer conclusion overview abstract caveat limit report',
  count: 'count total amount quantity',
  certainty: 'confidence certainty probability likelihood score rating',
};

const facets = new Map(
  Object.entries(words).flatMap(([facet, names]) => names.split(' ').map((name) => [name, facet as Facet] as const)),
);

const singular = (word: string): string =>
  word
    .replace(/(quer|summar|categor|director|priorit)ies$/, '$1y')
    .replace(/(search)es$/, '$1')
    .replace(/([^s])s$/, '$1');

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);

/** By the last word of the name that tells, then by the first telling word of the description. */
export const facetOf = (name: string, description = ''): Facet | null => {
  const parts = wordsOf(name);
  if (parts[0] === 'number' && parts.length > 1) return 'count';
  const known = (word: string): Facet | undefined => facets.get(word) ?? facets.get(singular(word));
  const own = parts.length > 1 && parts.at(-1) === 'number' ? parts.slice(0, -1) : parts;
  return own.toReversed().map(known).find(Boolean) ?? wordsOf(description).map(known).find(Boolean) ?? null;
};

const negative =
  /^(not|no|un\w+|refuted?|false|fake|invalid|incorrect|missing|wrong|reject(ed)?|duplicate|empty|none|absent|dismiss(ed)?|disproved?|fail(ed|s)?)$/;

/** Whether the name or word says that something does not hold, as `refuted` or `falsePositive`. */
export const isNegative = (name: string): boolean => wordsOf(name).some((word) => negative.test(word));
