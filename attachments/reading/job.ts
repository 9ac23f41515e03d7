import type { AttachmentLimits } from '../../contracts/attachment-limits.ts';
import type { AttachmentRow } from '../../store/attachments.ts';

/** What the reading process is asked. It writes the files of {@link outputs} into `folder`. */
export type Job = { job: number; input: string; folder: string; limits: AttachmentLimits };

/** `refused`: why the bytes are not taken. `defect`: what should not happen. */
export type Answer = { job: number } & ({ row: AttachmentRow } | { refused: string } | { defect: string });

/** `sent`: what a model is sent, where it is not the content itself. */
export const outputs = ['content', 'sent', 'thumb'] as const;
export type Output = (typeof outputs)[number];
