/** One route of the development server. */
export type Reply = { status: number; body?: unknown; text?: string };
type Request = { params: string[]; query: Record<string, string>; body: unknown; key: string | undefined };
export type Route = { method: string; path: RegExp; answer: (request: Request) => Reply };
