// Asks an agent a question and prints its reply:
//   EVERTURN_TOKEN="$(cat .everturn/token)" node ask.ts "Which files are here?"
import { createApiClient, EverturnError, followMessage } from 'everturn/client';

const { EVERTURN_API_URL: baseUrl = 'http://127.0.0.1:4100', EVERTURN_TOKEN: token } = process.env;
if (!token) throw new Error('Set EVERTURN_TOKEN to the content of .everturn/token');

const text = process.argv.slice(2).join(' ') || 'Which files are here?';
const api = createApiClient({ baseUrl, token });

try {
  const session = await api.createSession({ title: 'Asked by a program' });
  // Once this resolves, the message is stored: it is answered even if every process dies now.
  const { messageId } = await api.sendMessage(session.id, { text });

  const outcome = await followMessage(api, {
    sessionId: session.id,
    messageId,
    onEvent: ({ event }) => {
      if (event.type === 'tool.started') console.error(`calls ${event.tool}`);
      // A sealed step is final. For text as it grows, see "delta" in docs/client.md.
      if (event.type !== 'step.sealed') return;
      for (const { body } of event.chunks) if (body.kind === 'text') console.log(body.text);
    },
    onState: (state) => console.error(`connection: ${state}`),
  });
  console.error(`${outcome?.status} after ${outcome?.durationMs} ms, ${outcome?.usage.requests} requests`);
} catch (error) {
  if (!(error instanceof EverturnError)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
