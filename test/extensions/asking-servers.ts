import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Approval } from '../../contracts/approvals.ts';
import { settled } from '../support/conversation.ts';
import { until } from '../support/until.ts';
import { calls, type Field } from './field.ts';

export const askingServers = (field: () => Field): void => {
  const asked = (id: string): Promise<Approval> =>
    until('the question', async () => (await field().stack.api.getSession(id)).view.approvals[0]);
  const results = ({ view }: Awaited<ReturnType<typeof settled>>): string[] =>
    view.chunks.flatMap(({ body }) => (body.kind === 'tool_result' ? [`${body.status}: ${body.text}`] : []));

  test('asks a person, question by question; an answer that does not fit is asked for again', async () => {
    const { stack, converse } = field();
    const key = randomUUID();
    stack.model.script(
      [calls({ name: 'local__trigger-elicitation-request', arguments: {} }), { reply: { text: 'Done.' } }],
      key,
    );
    const id = await converse(key);
    const said: string[] = [];
    const replies: [RegExp, unknown, unknown?][] = [
      [/Your full, legal name/, 'Ada Lovelace'],
      [/Agree to the terms/, 'yes'],
      [/email address/, 'nobody', 'ada@example.com'],
      [/favorite integer/, 'many', '7'],
      [/favorite type of pet/, 'Dogs'],
      [/favorite instruments/, ['Piano', 'Bass']],
    ];
    while ((await stack.api.getSession(id)).view.turns[1]?.status === 'running') {
      const [approval] = (await stack.api.getSession(id)).view.approvals;
      if (!approval?.question || said.includes(approval.id)) continue;
      const { question, kind, choices } = approval.question;
      const [, first, second] = replies.find(([words]) => words.test(question)) ?? [];
      const given = /does not fit/.test(question) ? second : first;
      const leftOut = kind === 'text' ? '-' : kind === 'choices' ? ['(leave out)'] : '(leave out)';
      expect(choices.length === 0).toBe(kind === 'text');
      said.push(approval.id);
      await stack.api.answerApproval(approval.id, { decision: 'approve', fields: { answer: given ?? leftOut } });
    }
    const [result = ''] = results(await settled(stack, id, 1));
    expect(result).toContain('User provided the requested information');
    for (const line of ['Name: Ada Lovelace', 'Agreed to terms: true', 'Email: ada@example.com', 'Favorite Integer: 7'])
      expect(result).toContain(line);
    expect(result).toContain('"legacyTitledEnum": "pet-2"');
    expect(result).toMatch(/"untitledMultipleSelectEnum": \[\s*"Piano",\s*"Bass"/);
    expect(result).not.toContain('homepage');
    expect(said).toHaveLength(15);
  });

  test.each(['local', 'remote'])('in a tool of %s that runs as a task alone', async (server) => {
    const { stack, converse } = field();
    const key = randomUUID();
    const research = (args: object) => calls({ name: `${server}__simulate-research-query`, arguments: args });
    stack.model.script(
      [research({ topic: 'tides' }), research({ topic: 'python', ambiguous: true }), { reply: { text: 'Done.' } }],
      key,
    );
    const id = await converse(key);
    const { id: question, question: shown } = await asked(id);
    const [choice = ''] = shown?.choices ?? [];
    await stack.api.answerApproval(question, { decision: 'approve', fields: { answer: choice } });
    const [plain, clarified] = results(await settled(stack, id, 1));
    expect(plain).toContain('# Research Report: tides');
    expect(clarified).toContain('**Clarification**');
    expect(clarified).not.toContain('User declined');
  });

  test('is told when the person declines, and the session goes on', async () => {
    const { stack, converse } = field();
    const key = randomUUID();
    stack.model.script(
      [calls({ name: 'local__trigger-elicitation-request', arguments: {} }), { reply: { text: 'Done.' } }],
      key,
    );
    const id = await converse(key);
    const { id: question } = await asked(id);
    await stack.api.answerApproval(question, { decision: 'deny' });
    expect(results(await settled(stack, id, 1))[0]).toContain('User declined');
    expect((await stack.api.getApproval(question)).status).toBe('answered');
    await expect(stack.api.answerApproval(question, { decision: 'approve', late: true })).rejects.toMatchObject({
      code: 'approval_answered',
    });
  });

  test('asks the model of the session: once a person allows it, and with a usage record of its own', async () => {
    const { stack, converse } = field();
    const [key, other] = [randomUUID(), randomUUID()];
    const sampling = calls({ name: 'local__trigger-sampling-request', arguments: { prompt: other, maxTokens: 50 } });
    stack.model.script([sampling, sampling, { reply: { text: 'Done.' } }], key);
    stack.model.script([{ times: { min: 2, max: 2 }, reply: { text: 'Sampled words.' } }], other);
    const id = await converse(key);
    const approval = await asked(id);
    expect(approval).toMatchObject({
      tool: 'mcp_sampling.local',
      about: "The MCP server local asks to have the session's model answer this",
    });
    expect(JSON.parse(approval.arguments)).toMatchObject({ system: 'You are a helpful test server.', maxTokens: 50 });
    expect(stack.model.requests(other)).toHaveLength(0);
    await stack.api.answerApproval(approval.id, { decision: 'approve', remember: { scope: 'session' } });
    const ended = await settled(stack, id, 1);
    expect(results(ended).every((text) => text.includes('Sampled words.'))).toBe(true);
    expect(stack.model.requests(other)[0]?.body).toMatchObject({ max_tokens: 50 });
    // Three steps and two samples; the conversation is as long as its last step.
    const usage = await stack.api.getUsage(id);
    expect(usage.requests).toBe(5);
    const rows = await stack.store.database.query<{ purpose: string | null }>(
      `SELECT body ->> 'purpose' AS purpose FROM chunks WHERE session_id = $1 AND kind = 'usage' ORDER BY seq`,
      [id],
    );
    expect(rows.map(({ purpose }) => purpose)).toEqual([null, 'sampling', null, 'sampling', null]);
    const report = await stack.api.usageReport({ by: 'purpose', session: id });
    expect(report.rows.map(({ of, requests }) => [of.purpose, requests]).toSorted()).toEqual([
      ['reply', 3],
      ['sampling', 2],
    ]);
  });

  test('is refused by a rule, and reads none of its words', async () => {
    const { stack } = field();
    const key = randomUUID();
    stack.model.script(
      [
        calls({ name: 'local__trigger-sampling-request', arguments: { prompt: 'x', maxTokens: 5 } }),
        { reply: { text: 'Done.' } },
      ],
      key,
    );
    const { id } = await stack.api.createSession({ workspace: stack.workspace, allow: ['run'] });
    await stack.api.addPermission({
      session: id,
      rule: { decision: 'deny', tool: 'mcp_sampling.*', reason: 'costs too much' },
    });
    await stack.api.sendMessage(id, { text: key });
    const [result] = results(await settled(stack, id, 1));
    expect(result).toContain('The request was not answered');
    expect(result).not.toContain('costs too much');
  });

  test('waits through the loss of a worker where its call may run again; else the call ends, and the question with it', async () => {
    const { stack, converse, replaceWorker } = field();
    const [again, once] = [randomUUID(), randomUUID()];
    const asking = (server: string) => calls({ name: `${server}__trigger-elicitation-request`, arguments: {} });
    stack.model.script([asking('local'), { reply: { text: 'Done.' } }], again);
    stack.model.script([asking('remote'), { reply: { text: 'Done.' } }], once);
    const sessions = [await converse(again), await converse(once)] as const;
    const [kept, closed] = [await asked(sessions[0]), await asked(sessions[1])];
    await replaceWorker();
    const ended = await settled(stack, sessions[1], 1);
    expect(results(ended)[0]).toMatch(/^interrupted: Interrupted, outcome unknown/);
    expect((await stack.api.getApproval(closed.id)).status).toBe('closed');
    expect((await asked(sessions[0])).id).toBe(kept.id);
    await stack.api.answerApproval(kept.id, { decision: 'approve', fields: { answer: 'Ada' } });
    const next = await until('the next question', async () => {
      const question = await asked(sessions[0]);
      return question.id === kept.id ? undefined : question;
    });
    expect(next.question?.question).toContain('(2 of 13)');
    await stack.api.answerApproval(next.id, { decision: 'deny' });
    expect(results(await settled(stack, sessions[0], 1))[0]).toContain('User declined');
  });

  test('whose call is cancelled while it asks leaves no question behind', async () => {
    const { stack, converse } = field();
    const key = randomUUID();
    stack.model.script([calls({ name: 'local__trigger-elicitation-request', arguments: {} })], key);
    const id = await converse(key);
    const { id: question } = await asked(id);
    await stack.api.cancelTurn(id);
    await settled(stack, id, 1);
    expect((await stack.api.getApproval(question)).status).toBe('closed');
    expect((await stack.api.listApprovals()).approvals.filter(({ sessionId }) => sessionId === id)).toEqual([]);
  });
};
