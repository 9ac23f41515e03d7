import { z } from 'zod';
import { ApprovalList } from '../../contracts/api.ts';
import { Approval, ApprovalAnswer } from '../../contracts/approvals.ts';
import { EverturnError } from '../../contracts/errors.ts';
import type { Api } from '../app.ts';
import type { ApiContext } from '../context.ts';

const ApprovalParams = z.object({ id: z.string().min(1).max(300) });

export const approvalRoutes = (app: Api, { store, delivery }: ApiContext): void => {
  app.get('/api/approvals', { schema: { response: { 200: ApprovalList } } }, async () => ({
    approvals: await store.approvals.pending(),
  }));

  app.post(
    '/api/approvals/:id',
    { schema: { params: ApprovalParams, body: ApprovalAnswer, response: { 200: Approval } } },
    async ({ params, body }) => {
      const asked = await store.approvals.find(params.id);
      if (!asked)
        throw new EverturnError(
          'approval_not_found',
          `Cannot answer ${params.id}: there is no approval of this id. List those that wait with GET /api/approvals`,
        );
      const { applied, approval } = await store.approvals.answer(asked, body.decision, body.note ?? null, 'token');
      store.wake(asked.sessionId);
      if (!applied) {
        const [code, why] =
          approval.status === 'closed'
            ? (['approval_closed', 'its turn has ended'] as const)
            : ([
                'approval_answered',
                `it was answered "${approval.decision}" at ${approval.answeredAt}; the first answer stands`,
              ] as const);
        throw new EverturnError(code, `Cannot answer ${params.id}: ${why}`, { details: { approval } });
      }
      // Committed; what cannot be told now is told by the reconciler.
      await delivery.approval(params.id).catch((error: unknown) => {
        if (!(error instanceof EverturnError && error.code === 'temporal_unavailable')) throw error;
      });
      return approval;
    },
  );
};
