import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { PostgresSaver } from '@langchain/langgraph-checkpoint-postgres';
import pg from 'pg';
import { readFloorEnvironment } from '../../turn/floor/environment.ts';
import { serveTurns } from '../../turn/floor/serve-turns.ts';
import { openFloor } from '../../turn/floor/steps.ts';

// The model and the tool are those of all contestants; what is kept of a conversation is LangGraph's.
const options = readFloorEnvironment();
const floor = openFloor(options);
const checkpointer = new PostgresSaver(new pg.Pool({ connectionString: options.databaseUrl, max: 20 }));
await checkpointer.setup();

const State = Annotation.Root({
  messages: Annotation({ reducer: (before, added) => [...before, ...added], default: () => [] }),
});

const graph = new StateGraph(State)
  .addNode('model', async ({ messages }) => ({ messages: [(await floor.ask(messages)).said] }))
  .addNode('tool', async ({ messages }) => ({ messages: [await floor.runTool(messages.at(-1).tool_calls[0])] }))
  .addEdge(START, 'model')
  .addConditionalEdges('model', ({ messages }) => (messages.at(-1).tool_calls ? 'tool' : END), ['tool', END])
  .addEdge('tool', 'model')
  .compile({ checkpointer });

serveTurns(options.port, async ({ session, text }) => {
  // As the other durable ones: a step is on disk before the next one begins.
  const config = { configurable: { thread_id: session }, durability: 'sync' };
  await graph.invoke({ messages: [{ role: 'user', content: text }] }, config);
});
