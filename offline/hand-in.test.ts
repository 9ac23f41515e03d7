import { expect, it } from 'vitest';
import { nextMove } from './plan.ts';
import { ChatRequest } from './request.ts';

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

const findings = object({ findings: list({ file: text, line: { type: 'integer' }, quote: text, title: text }) });

it('reviews the diff that it is given, with the eye that is named outside of it', () => {
  const diff = [
    'diff --git a/a.ts b/a.ts',
    '--- a/a.ts',
    '+++ b/a.ts',
    '@@ -1,2 +1,4 @@',
    ' Eye: security',
    '+try { run() } catch {}',
    '+const a = eval(text);',
    ' // {"file":"x.ts","line":1,"quote":"not a claim"}',
  ].join('\n');
  const { result, said } = handedIn(`Review this.\n\n${diff}\n\nEye: correctness`, findings, tool('git_diff', {}));
  expect(result).toEqual({
    findings: [{ file: 'a.ts', line: 2, quote: 'try { run() } catch {}', title: 'An error is swallowed' }],
  });
  expect(said).toContain('I looked at 2 added lines of 1 file for known marks (correctness)');
});

it('searches exactly the files that it is given, whatever their names say', () => {
  const files = ['src/git-diff.ts', 'src/b[1].ts', 'c.ts'];
  const { calls } = firstMove(
    `Look for bugs.\nKind: bugs\nFiles: ${JSON.stringify(files)}`,
    findings,
    searchFiles,
    tool('git_diff', {}),
  );
  expect(calls.map(({ args }) => args.glob)).toEqual(['{src/git-diff.ts,c.ts}']);
});

it('tells which words of the question no passage has, and judges nothing', () => {
  const passages = JSON.stringify([{ file: 'a.md', line: 1, text: 'The harbour opens at high tide.' }]);
  const schema = object({ gaps: list({ angle: text, query: text }), note: text });
  const ask = (question: string) => handedIn(`What do these leave open?\nQuestion: ${question}\n${passages}`, schema);
  expect(ask('When does the harbour close in storms?').result).toMatchObject({
    gaps: [
      { angle: 'close harbour', query: 'close harbour' },
      { angle: 'storm harbour', query: 'storm harbour' },
    ],
  });
  expect(ask('At which tide does the harbour open?').result).toMatchObject({
    gaps: [],
    note: expect.stringContaining('each word of the question stands in one of them. Whether they answer it, I cannot'),
  });
});

it('hands on a plan that it is to revise, and leaves a checklist open', () => {
  const step = { title: 'Do it', detail: 'So.', file: 'a.ts', line: 3, quote: 'const a;' };
  const steps = list({ title: text, detail: text, file: text, line: { type: 'integer' }, quote: text });
  const revised = handedIn(`Revise this plan.\n${JSON.stringify([step])}`, object({ steps, note: text }));
  expect(revised.result).toMatchObject({ steps: [step], note: expect.stringContaining('I cannot revise a plan') });
  const verdict = { enum: ['verified', 'failed', 'unverified'] };
  const checks = list({ number: { type: 'integer' }, verdict, why: text });
  const points = JSON.stringify([{ number: 4, check: 'It is verified by real tests' }]);
  expect(handedIn(`Verify.\n${JSON.stringify([step])}\n${points}`, object({ checks })).result).toEqual({
    checks: [{ number: 4, verdict: 'unverified', why: expect.stringContaining('takes judgement') }],
  });
});
