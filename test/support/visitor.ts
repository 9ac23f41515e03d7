import { type Answer, send } from './check-routes.ts';

/** As much of a browser as signing in needs: it keeps cookies, follows redirects and sends the provider's forms. */
export const createVisitor = () => {
  const cookies = new Map<string, string>();
  /** Every Set-Cookie that came. */
  const given: string[] = [];

  const keep = ({ headers }: Answer): void => {
    for (const line of [headers['set-cookie'] ?? []].flat()) {
      given.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
  };

  const visit = async (
    url: string,
    {
      method = 'GET',
      headers = {},
      body = '',
    }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<Answer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await send(url, { method, headers: { ...(cookie ? { cookie } : {}), ...headers }, body });
    keep(answer);
    return answer;
  };

  const form = (url: string, fields: Record<string, string>): Promise<Answer> =>
    visit(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });

  /** Where an answer sends a browser, or null. */
  const target = (answer: Answer, from: string): string | null =>
    typeof answer.headers.location === 'string' ? new URL(answer.headers.location, from).href : null;

  return {
    cookies,
    given,
    visit,
    /** Signs in as a person, up to the address that comes back to us, which is not opened. */
    async goTo(login: string, person: string, back: string): Promise<string> {
      let at = login;
      let answer = await visit(at);
      for (let hop = 0; hop < 20; hop++) {
        const next = target(answer, at);
        if (next?.startsWith(back)) return next;
        if (next !== null) {
          at = next;
          answer = await visit(at);
          continue;
        }
        const action = /<form[^>]+action="([^"]+)"/.exec(answer.body)?.[1];
        if (action === undefined)
          throw new Error(`Neither a form nor a redirect at ${at}: ${answer.status} ${answer.body}`);
        at = new URL(action, at).href;
        const isConsent = answer.body.includes('value="consent"');
        answer = await form(
          at,
          isConsent ? { prompt: 'consent' } : { prompt: 'login', login: person, password: 'any' },
        );
      }
      throw new Error(`Never came back to ${back}`);
    },
  };
};

export type Visitor = ReturnType<typeof createVisitor>;
