import { submitResultName } from '../../../contracts/tools.ts';
import { type Guard, stop } from './verdict.ts';

const shorten = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text);

/** Results that were handed in and did not fit: after so many the agent ends, with the place in the schema and what came last. */
export const refusedResults: Guard = (steps, { refusedResults: most }) => {
  const refused = steps
    .flatMap(({ calls }) => calls)
    .filter(({ body, result }) => body.tool === submitResultName && result?.status === 'error');
  const last = refused.at(-1);
  if (!last || refused.length < most) return null;
  const why = (last.result?.text ?? '').replace(/\s+/g, ' ');
  const came = shorten(last.body.arguments, 300);
  const text = `Stopped: ${refused.length} results were refused (limits.refusedResults). The last was ${came}: ${shorten(why, 600)}`;
  return stop('result_refused', text);
};
