import { readFloorEnvironment } from '../floor/environment.ts';
import { runTurn } from '../floor/run-turn.ts';
import { serveTurns } from '../floor/serve-turns.ts';
import { openFloor } from '../floor/steps.ts';

/** Floor (a): a turn in one process without durable execution. */
const options = readFloorEnvironment();
const floor = openFloor(options);
serveTurns(options.port, ({ session, turn, text }) => runTurn(floor, session, turn, text));
