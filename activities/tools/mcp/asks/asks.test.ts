import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { McpServer } from '../../../../contracts/mcp.ts';
import type { AskedQuestion } from '../../../../contracts/permissions/question.ts';
import { answerFault } from '../../../../contracts/permissions/question.ts';
import type { Asker } from '../../asker.ts';
import { openUnconfined } from '../../confine/tracked.ts';
import { temporaryFolder } from '../../test-context.ts';
import { keepServer } from '../keep-server.ts';
import { elicit } from './elicit.ts';
import { questionsOf } from './form.ts';
import { sampleRequestOf } from './sample.ts';

const script = path.join(import.meta.dirname, '..', '..', '..', '..', 'test', 'hostile', 'mcp-server.ts');
const { signal } = new AbortController();

/** Answers as the list says; the rest of the questions are declined. */
const personOf = (answers: readonly unknown[]) => {
  const asked: AskedQuestion[] = [];
  const asker: Asker = {
    async person(question) {
      asked.push(question);
      const answer = answers[asked.length - 1];
      if (answer === undefined) return 'declined';
      expect(answerFault(question, answer)).toBeNull();
      return { answer };
    },
    model: ({ messages }) => Promise.resolve({ model: 'm', text: `heard ${messages[0]?.text}`, isCut: false }),
  };
  return { asker, asked };
};

const open = async (fields: object = {}) => {
  const project = await temporaryFolder();
  const config = McpServer.parse({ command: [process.execPath, script, 'asks'], seconds: 1, ...fields });
  const environment = {
    confinement: openUnconfined(null),
    base: { PATH: process.env.PATH ?? '' },
    value: () => undefined,
  };
  const kept = keepServer(
    { name: 'asks', config, project, environment },
    { offered: async () => undefined, failed: async () => undefined },
  );
  onTestFinished(() => kept.close());
  await kept.asked;
  let output = '';
  return {
    output: () => output,
    async ask(method: string, ask: unknown, asker: Asker, more: object = {}): Promise<unknown> {
      const args = { method, ask, ...more };
      const onOutput = (text: string): void => {
        output += text;
      };
      const answer = await kept.call({ own: 'work', args, signal, idempotencyKey: 'k', onOutput, asker });
      const [part] = (answer.content ?? []) as { text: string }[];
      return part?.text.startsWith('{') ? JSON.parse(part.text) : part?.text;
    },
  };
};

const confirm = { message: 'Go on?', requestedSchema: { type: 'object', properties: {} } };

describe('a server asks a person', () => {
  test('and the time in which they think does not count', async () => {
    const server = await open();
    const asker: Asker = {
      ...personOf([]).asker,
      person: async () => {
        await delay(1500);
        return { answer: 'yes' };
      },
    };
    expect(await server.ask('elicitation/create', confirm, asker)).toEqual({ action: 'accept', content: {} });
  });

  test('when no call runs: it is told that nobody can be asked', async () => {
    const server = await open();
    const { asker, asked } = personOf(['yes']);
    expect(await server.ask('elicitation/create', confirm, asker, { late: true })).toBe('asked later');
    await delay(300);
    expect(asked).toEqual([]);
    expect(await server.ask('elicitation/create', confirm, asker)).toEqual({ action: 'accept', content: {} });
  });

  test('in two calls at once: neither session gets the question of the other', async () => {
    const server = await open();
    const [one, two] = [personOf(['yes']), personOf(['yes'])];
    const answers = await Promise.all([one, two].map(({ asker }) => server.ask('elicitation/create', confirm, asker)));
    expect([one.asked, two.asked].flat()).toHaveLength(
      answers.filter((answer) => JSON.stringify(answer).includes('accept')).length,
    );
    // From now on its calls run one after the other.
    const [three, four] = [personOf(['yes']), personOf(['no'])];
    expect(
      await Promise.all([three, four].map(({ asker }) => server.ask('elicitation/create', confirm, asker))),
    ).toEqual([{ action: 'accept', content: {} }, { action: 'decline' }]);
  });

  test('that may not: the server hears that this client asks nobody', async () => {
    const server = await open({ asks: false });
    const { asker, asked } = personOf(['yes']);
    expect(await server.ask('elicitation/create', confirm, asker)).toMatchObject({ code: -32601 });
    expect(asked).toEqual([]);
  });

  test('for an address to open: declined', async () => {
    const server = await open();
    const ask = { mode: 'url', elicitationId: '1', url: 'https://example.com', message: 'Open this' };
    expect(JSON.stringify(await server.ask('elicitation/create', ask, personOf(['yes']).asker))).toMatch(
      /decline|not support/,
    );
  });

  test.each([
    [
      'a thousand fields',
      {
        type: 'object',
        properties: Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${n}`, { type: 'string' }])),
      },
    ],
    [
      'choices without end',
      { type: 'object', properties: { a: { type: 'string', enum: Array.from({ length: 500 }, String) } } },
    ],
  ])('with %s: refused, and people read why', async (_name, requestedSchema) => {
    const server = await open();
    const { asker, asked } = personOf(['yes']);
    expect(await server.ask('elicitation/create', { message: 'm', requestedSchema }, asker)).toMatchObject({
      code: -32600,
    });
    expect(asked).toEqual([]);
    expect(server.output()).toMatch(/^asks asked a person, and got no answer: /);
  });
});

test('a form with another within it is refused', () => {
  expect(() => questionsOf({ type: 'object', properties: { a: { type: 'object' } } })).toThrow(
    'the field "a" is not of a kind that MCP allows',
  );
});

describe('a form', () => {
  const of = (properties: object, required: string[] = Object.keys(properties)) => ({
    type: 'object',
    properties,
    required,
  });
  const fill = (schema: unknown, ...answers: unknown[]) => {
    const person = personOf(answers);
    return elicit({ server: 's', message: 'Tell me', asker: person.asker, signal }, schema).then((result) => ({
      result,
      asked: person.asked,
    }));
  };

  test('becomes questions with the words of the server, without what nobody sees', async () => {
    const { asked } = await fill(
      of({ a: { type: 'string', title: 'Na\u200bme', description: 'Of\u202e you' } }),
      'Ada',
    );
    expect(asked).toEqual([{ kind: 'text', choices: [], question: 'The MCP server s asks: Tell me\n\nName: Of you' }]);
  });

  test('takes what fits and asks again for what does not', async () => {
    const schema = of({
      n: { type: 'integer', minimum: 1, maximum: 9 },
      m: { type: 'string', minLength: 3, format: 'email' },
    });
    const { result, asked } = await fill(schema, 'ten', '10', '7', 'a', 'a@b.c');
    expect(result).toEqual({ action: 'accept', content: { n: 7, m: 'a@b.c' } });
    expect(asked.map(({ question }) => question.split('\n')[0])).toEqual([
      'The MCP server s asks: Tell me (1 of 2)',
      'The answer "ten" does not fit: expected a whole number.',
      'The answer "10" does not fit: expected at most 9.',
      'The MCP server s asks: Tell me (2 of 2)',
      'The answer "a" does not fit: expected at least 3 characters.',
    ]);
  });

  test('is given up after five answers that do not fit, and declined when a person declines', async () => {
    const schema = of({ n: { type: 'number' } });
    expect((await fill(schema, 'a', 'b', 'c', 'd', 'e', '6')).result).toEqual({ action: 'cancel' });
    expect((await fill(schema)).result).toEqual({ action: 'decline' });
  });

  test('has values of its own behind its choices, and two of one name are told apart', () => {
    const [field] = questionsOf(
      of({
        c: {
          type: 'string',
          oneOf: [
            { const: 'a', title: 'Same' },
            { const: 'b', title: 'Same' },
          ],
        },
      }),
    );
    expect(field?.question.choices).toEqual(['Same', 'Same ("b")']);
    expect(field?.read('Same ("b")')).toBe('b');
  });

  test('leaves out what is left out', async () => {
    const schema = of(
      {
        a: { type: 'string' },
        b: { type: 'boolean' },
        c: { type: 'array', minItems: 2, items: { enum: ['x', 'y', 'z'] } },
      },
      [],
    );
    expect((await fill(schema, '-', '(leave out)', ['(leave out)'])).result).toEqual({ action: 'accept', content: {} });
    const { result } = await fill(schema, 'text', 'no', ['x'], ['x', 'z']);
    expect(result).toEqual({ action: 'accept', content: { a: 'text', b: false, c: ['x', 'z'] } });
  });
});

describe('a server asks the model', () => {
  const request = { messages: [{ role: 'user', content: { type: 'text', text: 'hi' } }], maxTokens: 10 };

  test('and reads its answer', async () => {
    const server = await open();
    expect(await server.ask('sampling/createMessage', request, personOf([]).asker)).toEqual({
      model: 'm',
      role: 'assistant',
      content: { type: 'text', text: 'heard hi' },
      stopReason: 'endTurn',
    });
  });

  test.each([
    [
      'with an image',
      { ...request, messages: [{ role: 'user', content: { type: 'image', data: '', mimeType: 'image/png' } }] },
      'only texts can be sampled, found image',
    ],
    ['with tools', { ...request, tools: [{ name: 'a' }] }, 'tools cannot be sampled with'],
    [
      'with a library',
      { ...request, messages: [{ role: 'user', content: { type: 'text', text: 'x'.repeat(300_000) } }] },
      /^it is 300.* are allowed$/,
    ],
    ['without a message', { ...request, messages: [] }, 'its request is not one that MCP allows'],
  ])('%s: refused', (_name, params, words) => {
    expect(() => sampleRequestOf('s', params)).toThrow(words);
  });

  test('for more than there is: held to our own limit', () => {
    expect(sampleRequestOf('s', { ...request, maxTokens: 10_000_000 }).maxTokens).toBe(32_000);
  });
});
