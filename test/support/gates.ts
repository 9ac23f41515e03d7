/** Named places where something waits for a test; a gate that was opened stays open. */
export const createGates = () => {
  const gates = new Map<
    string,
    { isOpen: boolean; waiting: (() => void)[]; reached: number; watchers: (() => void)[] }
  >();
  const gate = (name: string) => {
    const found = gates.get(name) ?? { isOpen: false, waiting: [], reached: 0, watchers: [] };
    gates.set(name, found);
    return found;
  };

  const pass = (name: string): Promise<void> => {
    const at = gate(name);
    at.reached += 1;
    for (const watcher of at.watchers.splice(0)) watcher();
    return at.isOpen ? Promise.resolve() : new Promise((resolve) => at.waiting.push(resolve));
  };

  const open = (name: string): void => {
    const at = gate(name);
    at.isOpen = true;
    for (const resume of at.waiting.splice(0)) resume();
  };

  /** Resolves once the gate was reached so many times in all. */
  const reached = async (name: string, times = 1): Promise<void> => {
    const at = gate(name);
    while (at.reached < times) await new Promise<void>((resolve) => at.watchers.push(resolve));
  };

  const openAll = (): void => {
    for (const name of gates.keys()) open(name);
  };

  return { pass, open, reached, openAll };
};
