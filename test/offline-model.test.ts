import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkModel } from '../activities/model/check.ts';
import { createModelClient } from '../activities/model/client.ts';
import { builtInTools, findTool, toolDefinitions } from '../activities/tools/registry.ts';
import { testContext } from '../activities/tools/test-context.ts';
import type { ToolCallBody } from '../contracts/chunks.ts';
import type { WireMessage } from '../contracts/request.ts';
import { createOfflineModel } from '../offline/server.ts';

let model: Awaited<ReturnType<typeof createOfflineModel>>;
let workspace: string;
beforeEach(async () => {
  model = await createOfflineModel({ tokensPerSecond: Number.POSITIVE_INFINITY });
  workspace = await mkdtemp(join(tmpdir(), 'offline-model-'));
  await mkdir(join(workspace, 'src/deep'), { recursive: true });
  await writeFile(
    join(workspace, 'README.md'),
    '[![badge](x)](y)\n\n# Seagull\n\nSeagull measures tides along the coast\nand warns harbours.\n\n## Install\n\nRun the installer.\n',
  );
  await writeFile(
    join(workspace, 'src/deep/surge.ts'),
    '// The storm surge threshold, in metres.\nexport const threshold = 3;\n',
  );
});
afterEach(async () => {
  await model.close();
  await rm(workspace, { recursive: true });
});

const client = () => createModelClient({ baseUrl: model.url, apiKey: null, model: 'offline', timeoutMs: 5000 });
const signal = new AbortController().signal;

const run = async ({ tool, arguments: text }: ToolCallBody): Promise<string> => {
  const context = await testContext({ workspace });
  return (await findTool(tool).run(JSON.parse(text), context)).text;
};

/** A conversation with real tools; the calls of each question, and its answer. */
const converse = async (...questions: string[]) => {
  const messages: WireMessage[] = [{ role: 'system', content: 'You are an agent.' }];
  const turns: { calls: string[]; answer: string; cached: number[]; input: number[] }[] = [];
  for (const content of questions) {
    messages.push({ role: 'user', content });
    const turn = { calls: [] as string[], answer: '', cached: [] as number[], input: [] as number[] };
    turns.push(turn);
    for (let step = 0; step < 10 && !turn.answer; step++) {
      const request = { messages, tools: toolDefinitions(builtInTools), signal, onDelta: () => undefined };
      const { bodies, usage } = await client().stream(request);
      turn.cached.push(usage?.cacheRead ?? -1);
      turn.input.push(usage?.input ?? -1);
      turn.answer = bodies.map((body) => (body.kind === 'text' ? body.text : '')).join('');
      const calls = bodies.filter((body) => body.kind === 'tool_call');
      const tool_calls = calls.map(({ callId, tool, arguments: text }) => {
        return { id: callId, type: 'function' as const, function: { name: tool, arguments: text } };
      });
      messages.push({ role: 'assistant', content: turn.answer || null, ...(calls.length > 0 ? { tool_calls } : {}) });
      for (const call of calls) {
        turn.calls.push(`${call.tool} ${call.arguments}`);
        messages.push({ role: 'tool', tool_call_id: call.callId, content: await run(call) });
      }
    }
  }
  return turns;
};

describe('the offline model with the real tools', () => {
  it('lists the files and quotes the first paragraph of the real README', async () => {
    const [turn] = await converse('Which files are here, and what does README.md say this project is?');
    expect(turn?.calls).toEqual(['list_files {}', 'read_file {"path":"README.md"}']);
    expect(turn?.answer).toMatch(/^\[offline model\] /);
    for (const part of [
      '`README.md`',
      '`src/` (1 file)',
      'README.md:5',
      'Seagull measures tides along the coast\nand warns harbours.',
    ])
      expect(turn?.answer).toContain(part);
    expect(turn?.answer).not.toContain('badge');
  });

  it('searches for the words of the question and quotes lines with their places', async () => {
    const [turn] = await converse('How are storm surges detected?');
    expect(turn?.answer).toContain('src/deep/surge.ts:1: // The storm surge threshold, in metres.');
  });

  it('finds a file that is named without its folder', async () => {
    const [turn] = await converse('What does surge.ts do?');
    expect(turn?.calls).toContain('read_file {"path":"src/deep/surge.ts"}');
    expect(turn?.answer).toContain('export const threshold = 3;');
  });

  it('says so when there is nothing to quote', async () => {
    const turns = await converse('What is in nothere.md?', 'Explain quantum chromodynamics');
    expect(turns.map(({ answer }) => answer)).toEqual([
      '[offline model] I found no file named `nothere.md`.',
      '[offline model] I find no line with “quantum”, “chromodynamic”.',
    ]);
  });

  it('carries out each order once and reports it, in the turn that gave it', async () => {
    const [wrote, asked] = await converse('write notes/a.md: hello\nthen run: cat notes/a.md', 'hello');
    expect(wrote?.calls).toEqual([
      'write_file {"path":"notes/a.md","content":"hello"}',
      'run_command {"argv":["cat","notes/a.md"]}',
    ]);
    expect(wrote?.answer).toContain('Exit code 0\nhello');
    expect(await readFile(join(workspace, 'notes/a.md'), 'utf8')).toBe('hello');
    expect(asked?.calls).toEqual([]);
  });

  it('reports usage whose cached part is the whole request before', async () => {
    const turns = await converse('what is this project?', 'Which files are here?');
    const input = turns.flatMap((turn) => turn.input);
    expect(turns.flatMap((turn) => turn.cached)).toEqual([0, ...input.slice(0, -1)]);
    expect(input.length).toBeGreaterThan(3);
  });

  it('passes the check of models', async () => {
    expect(await checkModel(client(), signal)).toMatchObject({
      answered: true,
      answer: expect.stringMatching(/^\[offline model\]/),
      streaming: true,
      tools: 'called',
      usage: { input: expect.any(Number) },
    });
  });
});
