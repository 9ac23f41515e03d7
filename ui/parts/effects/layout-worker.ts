import { type LayoutInput, layOut } from '../model/layout.ts';

// A worker of its own: what it is asked is answered under the number of the question.
addEventListener('message', ({ data }: MessageEvent<{ id: number; input: LayoutInput }>) => {
  try {
    postMessage({ id: data.id, layout: layOut(data.input) });
  } catch (cause) {
    postMessage({ id: data.id, error: cause instanceof Error ? cause.message : String(cause) });
  }
});
