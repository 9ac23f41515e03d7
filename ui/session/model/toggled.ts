/** With it where it was not, without it where it was. */
export const toggled = <Item>(set: ReadonlySet<Item>, item: Item): ReadonlySet<Item> =>
  set.has(item) ? new Set([...set].filter((other) => other !== item)) : new Set([...set, item]);
