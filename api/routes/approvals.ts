import { z } from 'zod';
import { ApprovalList } from '../../contracts/api.ts';
import { Approval } from '../../contracts/approvals.ts';
import { EverturnError, isOfStorage } from '../../contracts/errors.ts';
import { AnsweredSeveral, SeveralAnswers } from '../../contracts/permissions/api.ts';
import { Question, QuestionAnswer } from '../../contracts/runs.ts';
import { shownApproval, shownQuestion } from '../../contracts/shown.ts';
import type { Act } from '../../store/audit.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { createAnswers } from '../services/answers.ts';

const ApprovalParams = z.object({ id: z.string().min(1).max(300) });

const answered = async (
  id: string,
  give: () => Promise<Approval | Question>,
): Promise<AnsweredSeveral['results'][number]> => {
  try {
    const given = await give();
    return { id, outcome: 'answered', code: null, message: null, approval: 'argumentsHash' in given ? given : null };
  } catch (error) {
    if (!(error instanceof EverturnError) || isOfStorage(error)) throw error;
    return { id, outcome: 'refused', code: error.code, message: error.message, approval: null };
  }
};

export const approvalRoutes = (app: Api, { store, delivery }: ApiContext): void => {
  const answers = createAnswers(store, delivery);

  const give = async (id: string, given: { by: Act; answer: QuestionAnswer }): Promise<Approval | Question> => {
    const approval = await store.approvals.find(id);
    if (approval) return await answers.toApproval(approval, given);
    const question = await store.questions.find(id);
    if (question) return await answers.toQuestion(question, given);
    throw new EverturnError(
      'approval_not_found',
      `Cannot answer ${id}: no approval or question has this id. List what waits with "npx everturn approvals" (GET /api/approvals)`,
    );
  };

  app.get('/api/approvals', { config: viewer, schema: { response: { 200: ApprovalList } } }, async () => ({
    approvals: (await store.approvals.pending()).map((approval) => ({ ...approval, shown: shownApproval(approval) })),
    questions: (await store.questions.pending()).map((question) => ({ ...question, shown: shownQuestion(question) })),
    staged: await store.fileChanges.allStaged(),
  }));

  app.get(
    '/api/approvals/:id',
    { config: viewer, schema: { params: ApprovalParams, response: { 200: Approval } } },
    async ({ params }) => {
      const approval = await store.approvals.find(params.id);
      if (approval) return approval;
      throw new EverturnError(
        'approval_not_found',
        `Cannot read ${params.id}: no call of this id was asked for, or decided by a rule`,
      );
    },
  );

  app.post(
    '/api/approvals',
    {
      config: acts('approval.answer'),
      schema: { body: SeveralAnswers, response: { 200: AnsweredSeveral } },
    },
    async (request) => {
      const results: AnsweredSeveral['results'] = [];
      // One after the other: a rule that one of them leaves may answer the next.
      for (const { id, ...answer } of request.body.answers) {
        const by = actOf(request, id, { detail: { decision: answer.decision } });
        results.push(await answered(id, () => give(id, { by, answer })));
      }
      return { results };
    },
  );

  app.post(
    '/api/approvals/:id',
    {
      config: acts('approval.answer'),
      schema: { params: ApprovalParams, body: QuestionAnswer, response: { 200: z.union([Approval, Question]) } },
    },
    async (request): Promise<Approval | Question> => {
      const { id } = request.params;
      const by = actOf(request, id, { detail: { decision: request.body.decision } });
      return await give(id, { by, answer: request.body });
    },
  );
};
