import { createServer } from 'node:http2';
import { createEndpointHandler, object } from '@restatedev/restate-sdk';
import { readFloorEnvironment } from '../../turn/floor/environment.ts';
import { openFloor } from '../../turn/floor/steps.ts';

// The model and the tool are those of all contestants; the conversation is the state of a virtual object.
const options = readFloorEnvironment();
const floor = openFloor(options);

const session = object({
  name: 'session',
  handlers: {
    turn: async (context, { text }) => {
      const messages = [...((await context.get('messages')) ?? []), { role: 'user', content: text }];
      for (let step = 1; ; step += 1) {
        const { said, call } = await context.run(`model ${step}`, () => floor.ask(messages));
        messages.push(said);
        if (!call) break;
        messages.push(await context.run(`tool ${step}`, () => floor.runTool(call)));
      }
      context.set('messages', messages);
    },
  },
});

const server = createServer(createEndpointHandler({ services: [session] }));
server.listen(options.port, '127.0.0.1', () => process.send?.({ type: 'ready' }));
process.once('SIGTERM', () => process.exit(0));
