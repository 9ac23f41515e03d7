import { expect, it } from 'vitest';
import { nextMove } from './plan.ts';
import { ChatRequest } from './task.ts';

const text = { type: 'string' };
const object = (properties: Record<string, unknown>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
const list = (properties: Record<string, unknown>) => ({ type: 'array', items: object(properties) });
const tool = (name: string, properties: object) => ({
  type: 'function',
  function: { name, parameters: { properties } },
});
const searchFiles = tool('search_files', { pattern: text, path: text, glob: text });

/** What the model does at once. */
const firstMove = (prompt: string, result: object, ...tools: object[]) =>
  nextMove(
    ChatRequest.parse({
      model: 'offline',
      messages: [{ role: 'user', content: prompt }],
      tools: [tool('submit_result', { result }), ...tools],
    }),
  );
const handedIn = (prompt: string, result: object, ...tools: object[]) => {
  const { calls, text: said } = firstMove(prompt, result, ...tools);
  expect(calls.map((call) => call.tool)).toEqual(['submit_result']);
  return { said, result: calls[0]?.args.result };
};

const severity = { enum: ['critical', 'high', 'medium', 'low'] };
const findings = object({
  findings: list({ file: text, line: { type: 'integer' }, quote: text, severity, title: text }),
});

it('searches the files of the diff that it is given, for the eye that is named outside of it', () => {
  const diff = [
    'diff --git a/a.ts b/a.ts',
    '--- a/a.ts',
    '+++ b/a.ts',
    '@@ -1,2 +1,3 @@',
    ' Eye: security',
    '+try { run() } catch {}',
  ].join('\n');
  const { calls } = firstMove(`Review this.\n\n${diff}\n\nEye: tests`, findings, searchFiles);
  expect(calls.map(({ args }) => args)).toEqual([
    { pattern: expect.stringContaining('only'), path: '.', glob: '{a.ts}' },
  ]);
});

it('searches exactly the files that it is given, whatever their names say', () => {
  const files = JSON.stringify(['src/git-diff.ts', 'src/b[1].ts', 'c.ts']);
  const { calls } = firstMove(`Look for bugs.\nKind: correctness\nFiles: ${files}`, findings, searchFiles);
  expect(calls.map(({ args }) => args.glob)).toEqual(['{src/git-diff.ts,c.ts}']);
});

it('judges nothing: objections stay empty, and a checklist stays open', () => {
  const step = { title: 'Do it', detail: 'So.', file: 'a.ts', line: 3, quote: 'const a;' };
  const objections = object({ objections: list({ problem: text }), note: text });
  expect(handedIn(`Criticise this plan.\n${JSON.stringify([step])}`, objections).result).toMatchObject({
    objections: [],
    note: expect.stringContaining('I judge none of it'),
  });
  const verdict = { enum: ['verified', 'failed', 'unverified'] };
  const checks = list({ number: { type: 'integer' }, verdict, why: text });
  const points = JSON.stringify([{ number: 4, check: 'It is verified by real tests' }]);
  expect(handedIn(`Verify.\n${JSON.stringify([step])}\n${points}`, object({ checks })).result).toEqual({
    checks: [{ number: 4, verdict: 'unverified', why: expect.stringContaining('takes judgement') }],
  });
});

it('fills a schema with alternatives, bounds and constants, and says that nothing was found', () => {
  const schema = {
    type: 'object',
    properties: {
      answer: { type: 'string', maxLength: 40 },
      first: { anyOf: [{ type: 'null' }, object({ path: text })] },
      confidence: { type: 'number', minimum: 0, maximum: 1 },
      hits: { type: 'integer' },
      tags: { type: 'array', items: text, minItems: 2 },
      kind: { const: 'answer' },
    },
    required: ['answer', 'first', 'confidence', 'hits', 'tags', 'kind'],
  };
  const { result } = handedIn('Where do zeppelins moor?', schema);
  expect(result).toMatchObject({ confidence: 0, hits: 0, kind: 'answer', first: { path: expect.any(String) } });
  expect(result).toMatchObject({
    answer: expect.stringMatching(/^\[offline model\] .{0,24}$/),
    tags: ['nothing found (1)', 'nothing found (2)'],
  });
});
