type Functions = Record<string, (...input: never[]) => Promise<unknown>>;

/** Functions that do what those of the newest configuration do. A call that runs continues with the ones it began with. */
export const latest = <All extends object>(create: () => All) => {
  let current = create();
  const call =
    (name: string) =>
    (...input: never[]): Promise<unknown> => {
      const run = (current as Functions)[name];
      if (!run) throw new Error(`There is no activity ${name}`);
      return run(...input);
    };
  return {
    functions: Object.fromEntries(Object.keys(current).map((name) => [name, call(name)])) as All,
    renew: (): void => {
      current = create();
    },
  };
};
