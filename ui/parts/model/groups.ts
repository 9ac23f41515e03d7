/** Colours of code. A group is an index here; 0 is no colour. */
export const groups = [
  '',
  'keyword',
  'string',
  'number',
  'comment',
  'title',
  'type',
  'attribute',
  'variable',
  'added',
  'removed',
] as const;

export type Group = (typeof groups)[number];

const scopes: Record<Exclude<Group, ''>, string> = {
  keyword: 'keyword selector-tag tag name operator.word meta.keyword doctag template-tag section',
  string: 'string regexp char link code formula quote subst.string',
  number: 'number literal symbol bullet',
  comment: 'comment meta',
  title: 'title',
  type: 'type built_in class',
  attribute: 'attr attribute property selector-class selector-id selector-attr selector-pseudo',
  variable: 'variable template-variable params.variable',
  added: 'addition',
  removed: 'deletion',
};

const byScope = new Map(
  groups.flatMap((group, index) =>
    group === '' ? [] : scopes[group].split(' ').map((scope): [string, number] => [scope, index]),
  ),
);

/** The group of a scope of highlight.js such as `title.function`; undefined: that of what is around it. */
export const groupOf = (scope: string): number | undefined =>
  byScope.get(scope) ?? (scope === 'title.class' ? byScope.get('type') : byScope.get(scope.split('.')[0] ?? ''));
