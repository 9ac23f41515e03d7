import { TodoList, todoName } from '../../../contracts/todo.ts';
import { defineTool, ok } from '../define.ts';

/** The agent's own list. It lives in the transcript: each call replaces it, and viewers show the newest. */
export const todo = defineTool({
  name: todoName,
  description:
    'Write down your list of what is to do, and keep it up to date: give the whole list each time. For work of three steps or more; one item at a time is "doing".',
  parameters: TodoList,
  effect: 'pure',
  permission: 'read',
  isQuick: true,
  doing: () => 'write the list',
  run: ({ items }) => {
    const done = items.filter(({ status }) => status === 'done').length;
    return Promise.resolve(ok(items.length === 0 ? 'The list is empty.' : `${done} of ${items.length} done.`));
  },
});
