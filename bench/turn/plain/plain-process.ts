import { createServer, type IncomingMessage } from 'node:http';
import { readFloorEnvironment } from '../floor/environment.ts';
import { type Floor, openFloor } from '../floor/steps.ts';

/** Floor (a): a turn in one process without durable execution. What a crash cuts off is lost. */
const runTurn = async (floor: Floor, session: string, turn: number, text: string): Promise<void> => {
  let row = 0;
  await floor.write({ session, turn, row }, [{ role: 'user', content: text }]);
  for (;;) {
    const { said, call } = await floor.ask(await floor.history(session));
    row += 1;
    await floor.write({ session, turn, row }, [said]);
    if (!call) return;
    row += 1;
    await floor.write({ session, turn, row }, [await floor.runTool(call)]);
  }
};

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString());
};

const options = readFloorEnvironment();
const floor = openFloor(options);
const server = createServer(async (request, response) => {
  try {
    const { session, turn, text } = (await readJson(request)) as { session: string; turn: number; text: string };
    await runTurn(floor, session, turn, text);
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(options.port, '127.0.0.1', () => process.send?.({ type: 'ready' }));
process.once('SIGTERM', () => process.exit(0));
