import { Damaged } from '../damaged.ts';
import type { Answer, Job } from './job.ts';
import { readAttachment } from './read.ts';

const answerOf = async (job: Job): Promise<Answer> => {
  try {
    return { job: job.job, row: await readAttachment(job) };
  } catch (error) {
    if (error instanceof Damaged) return { job: job.job, refused: error.message };
    return { job: job.job, defect: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
};

process.on('message', (job: Job | 'warm') => {
  if (job === 'warm') return void import('./image.ts');
  void answerOf(job).then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit());
