/** Ends a request that goes silent: `signal` aborts after `timeoutMs` without a byte, headers included. */
export const startIdleWatch = (timeoutMs: number) => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeoutMs);

  const watched = (body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> =>
    body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (bytes, out) => {
          timer.refresh();
          out.enqueue(bytes);
        },
      }),
    );

  return {
    signal: controller.signal,
    /** Comments that keep a connection alive are bytes too: they pass here, before the stream is decoded. */
    fetch: async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const response = await fetch(url, init);
      timer.refresh();
      return response.body ? new Response(watched(response.body), response) : response;
    },
    stop: (): void => clearTimeout(timer),
  };
};
