/** A fault as `fastify-type-provider-zod` hands it on: an issue of zod with its path as text. */
type Validation = { keyword: string; instancePath: string; message?: string; params: Record<string, unknown> };

type Issue = {
  code?: string;
  path: readonly PropertyKey[];
  message: string;
  keys?: readonly string[];
  errors?: readonly Issue[][];
};

const pathOf = (above: string, path: readonly PropertyKey[]): string =>
  [above.replace(/\/$/, ''), ...path.map(String)].join('/') || '/';

/** Of a choice, the one that fits best says what is wrong. */
const closest = (errors: readonly Issue[][]): readonly Issue[] =>
  errors.reduce<readonly Issue[] | null>(
    (best, issues) => (best && best.length <= issues.length ? best : issues),
    null,
  ) ?? [];

const wordsOf = (issue: Issue, above: string): string[] => {
  const at = pathOf(above, issue.path);
  if (issue.code === 'unrecognized_keys') return (issue.keys ?? []).map((key) => `${pathOf(at, [key])}: unknown field`);
  if (issue.code === 'invalid_union' && issue.errors?.length)
    return closest(issue.errors).flatMap((inner) => wordsOf(inner, at));
  return [`${at}: ${issue.message}`];
};

/** Each fault with its path; an unknown field has the path of its own. */
export const faultWords = ({ keyword, instancePath, message = 'does not fit', params }: Validation): string[] =>
  wordsOf({ code: keyword, path: [], message, ...params } as Issue, instancePath || '/');
