import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { MachineDefinition, MachineState, MachineTransition } from '../contracts/workflows.ts';

const idOf = ({ path }: AnyStateNode): string => path.join('.');

/** Only what the machine's setup names: an unnamed assignment says nothing to a reader. */
const namesOf = (actions: readonly unknown[]): string[] =>
  actions.flatMap((action) => {
    const name = typeof action === 'object' && action !== null && 'type' in action ? action.type : action;
    return typeof name === 'string' && !name.startsWith('xstate.') ? [name] : [];
  });

const guardName = (guard: unknown): string | null => {
  if (guard === undefined || guard === null) return null;
  const name = typeof guard === 'object' && 'type' in guard ? guard.type : guard;
  return typeof name === 'string' ? name : 'a condition';
};

const kindOf = ({ type }: AnyStateNode): MachineState['kind'] => (type === 'history' ? 'atomic' : type);

/** `xstate.after.<delay>.<id of the state>` */
const delayOf = (eventType: string, { id }: AnyStateNode): string | null => {
  const [start, end] = ['xstate.after.', `.${id}`];
  return eventType.startsWith(start) && eventType.endsWith(end) ? eventType.slice(start.length, -end.length) : null;
};

type Transition = AnyStateNode['always'] extends (infer One)[] | undefined ? One : never;

const describeTransition = (node: AnyStateNode, on: MachineTransition['on'], event: string) => {
  return ({ target, actions, guard }: Transition): MachineTransition[] => {
    const rest = { from: idOf(node), on, event, guard: guardName(guard), actions: namesOf(actions) };
    return target && target.length > 0
      ? target.map((to) => ({ ...rest, to: idOf(to) }))
      : // An event that is heard and changes nothing is not drawn.
        actions.length > 0
        ? [{ ...rest, to: null }]
        : [];
  };
};

const transitionsOf = (node: AnyStateNode): MachineTransition[] => [
  ...(node.always ?? []).flatMap(describeTransition(node, 'always', '')),
  ...[...node.transitions].flatMap(([eventType, transitions]) => {
    const delay = delayOf(eventType, node);
    return transitions.flatMap(
      delay === null ? describeTransition(node, 'event', eventType) : describeTransition(node, 'delay', delay),
    );
  }),
];

/** What is drawn of a machine, read from the machine itself. */
export const describeMachine = (machine: AnyStateMachine): MachineDefinition => {
  const states: MachineState[] = [];
  const transitions: MachineTransition[] = [];
  const visit = (node: AnyStateNode): void => {
    if (node.parent) {
      const initial: readonly AnyStateNode[] = node.parent.initial?.target ?? [];
      states.push({
        id: idOf(node),
        name: node.key,
        parent: node.parent.parent ? idOf(node.parent) : null,
        kind: kindOf(node),
        initial: initial.includes(node),
        entry: namesOf(node.entry),
      });
    }
    transitions.push(...transitionsOf(node));
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(machine.root);
  return { name: machine.id, states, transitions };
};

/** The innermost states of a machine's value: `{ attempting: 'working' }` is in `attempting.working`. */
export const innermost = (value: unknown, above = ''): string[] => {
  const within = (key: string): string => (above === '' ? key : `${above}.${key}`);
  if (typeof value === 'string') return [within(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const found = innermost(inner, within(key));
    return found.length > 0 ? found : [within(key)];
  });
};

/** States with all that are around them. */
export const withAncestors = (states: readonly string[]): string[] => [
  ...new Set(
    states.flatMap((id) => {
      const parts = id.split('.');
      return parts.map((_, at) => parts.slice(0, at + 1).join('.'));
    }),
  ),
];
