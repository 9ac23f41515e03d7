import { compare } from '../model/compare.ts';
import { highlight } from '../model/highlight.ts';
import { format } from '../model/markdown.ts';
import type { WorkReply, WorkRequest } from '../model/text-blocks.ts';

const work = (request: WorkRequest): Promise<WorkReply<WorkRequest>> => {
  switch (request.kind) {
    case 'format':
      return format(request);
    case 'compare':
      return compare(request);
    case 'highlight':
      return highlight(request.text, request.language);
  }
};

/** Formats, colours and compares texts beside the page, one at a time. */
addEventListener('message', (event: MessageEvent<WorkRequest>) => {
  work(event.data).then(
    (reply) => postMessage({ reply }),
    (cause: unknown) => postMessage({ failure: String(cause) }),
  );
});
