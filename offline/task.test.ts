import { expect, test } from 'vitest';
import { ChatRequest, toTask } from './task.ts';

test('images that a tool shows are not a question', () => {
  const call = { id: '1', function: { name: 'shots__take', arguments: '{}' } };
  const request = ChatRequest.parse({
    model: 'offline',
    messages: [
      { role: 'user', content: 'call shots__take {}' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', content: 'Taken', tool_call_id: '1' },
      { role: 'assistant', content: '[Show me the images.]' },
      {
        role: 'user',
        content: [
          { type: 'text', text: '[From shots__take]\n\n[Image "shots__take-1", 30 × 20 pixels]' },
          { type: 'text', text: '[The image is not shown to you: this model takes no images.]' },
        ],
      },
    ],
  });
  expect(toTask(request)).toMatchObject({ question: 'call shots__take {}', done: [{ result: 'Taken' }] });
  request.messages.push({ role: 'user', content: '[From here] go on', tool_calls: [] });
  expect(toTask(request).question).toBe('[From here] go on');
});
