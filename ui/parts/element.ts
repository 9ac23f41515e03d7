import { LitElement, type PropertyDeclaration } from 'lit';

const declarationOf = (value: unknown, isOwn: boolean): PropertyDeclaration => {
  if (isOwn) return { state: true };
  if (typeof value === 'boolean') return { type: Boolean };
  return typeof value === 'string' ? {} : { attribute: false };
};

type Base<Props> = Omit<typeof LitElement, 'prototype'> & (new () => LitElement & Props);

/**
 * A Lit element whose reactive properties begin with these values. Text and booleans can be given as attributes, all
 * else as properties; `own` names the ones that the element alone sets. Class fields would hide Lit's accessors.
 */
export const element = <Props extends object>(defaults: Props, ...own: (keyof Props & string)[]): Base<Props> => {
  const names: readonly string[] = own;
  const Made: object = class extends LitElement {
    static override properties = Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [name, declarationOf(value, names.includes(name))]),
    );

    constructor() {
      super();
      Object.assign(this, defaults);
    }
  };
  return Made as Base<Props>;
};
