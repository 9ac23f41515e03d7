import { z } from 'zod';
import { ApprovalList } from '../../contracts/api.ts';
import { Approval } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import { Question, QuestionAnswer } from '../../contracts/runs.ts';
import { shownApproval, shownQuestion } from '../../contracts/shown.ts';
import { acts, viewer } from '../access/guard.ts';
import { actOf } from '../access/principal.ts';
import type { Api, ApiContext } from '../context.ts';
import { createAnswers } from '../services/answers.ts';

const ApprovalParams = z.object({ id: z.string().min(1).max(300) });

export const approvalRoutes = (app: Api, { store, delivery }: ApiContext): void => {
  const answers = createAnswers(store, delivery);

  app.get('/api/approvals', { config: viewer, schema: { response: { 200: ApprovalList } } }, async () => ({
    approvals: (await store.approvals.pending()).map((approval) => ({ ...approval, shown: shownApproval(approval) })),
    questions: (await store.questions.pending()).map((question) => ({ ...question, shown: shownQuestion(question) })),
  }));

  app.post(
    '/api/approvals/:id',
    {
      config: acts('approval.answer'),
      schema: { params: ApprovalParams, body: QuestionAnswer, response: { 200: z.union([Approval, Question]) } },
    },
    async (request): Promise<Approval | Question> => {
      const { id } = request.params;
      const by = actOf(request, id, { detail: { decision: request.body.decision } });
      const given = { by, answer: request.body };
      const approval = await store.approvals.find(id);
      if (approval) return await answers.toApproval(approval, given);
      const question = await store.questions.find(id);
      if (question) return await answers.toQuestion(question, given);
      throw new EverturnError(
        'approval_not_found',
        `Cannot answer ${id}: there is no approval and no question of this id. List those that wait with GET /api/approvals`,
      );
    },
  );
};
