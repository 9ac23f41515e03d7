import { type QuickJSContext, type QuickJSHandle, Scope } from 'quickjs-emscripten-core';
import type { EverturnError } from '../contracts/errors.ts';
import type { Engine } from './engine.ts';
import type { Job } from './evaluation.ts';
import {
  cycleFailure,
  depthFailure,
  memoryFailure,
  notJsonFailure,
  scopeFailure,
  sizeFailure,
  syntaxFailure,
  type Thrown,
  thrownFailure,
  undefinedFailure,
} from './failure.ts';
import { prelude } from './prelude.ts';
import { fileOf, type Program, positionIn } from './program.ts';

/** The JSON text of the value; or throws an EverturnError. */
export const evaluate = (engine: Engine, job: Job, program: Program): string => {
  const request = requestOf(job, program);
  // The library writes past a failed allocation: what goes in must surely fit.
  const size = Buffer.byteLength(request) + Buffer.byteLength(job.source);
  if (size * 4 > job.memoryBytes) throw scopeFailure(job, size);
  const answer = answerOf(engine, job, program, request);
  const rest = answer.slice(1);
  if (answer[0] === 'v') {
    const bytes = Buffer.byteLength(rest);
    if (bytes > job.outputBytes) throw sizeFailure(job, bytes);
    return rest;
  }
  throw reported(engine, job, program, answer[0], JSON.parse(rest));
};

const requestOf = (job: Job, { texts }: Program): string =>
  `{"isTemplate":${job.kind === 'template'},"scope":${job.scope},"texts":${JSON.stringify(texts)},"limit":${job.outputBytes}}`;

const answerOf = (engine: Engine, job: Job, program: Program, request: string): string => {
  try {
    return engine.withContext((context) => run(context, program, request));
  } catch (error) {
    // Traps: the first when the thread's stack is full, the second when memory ran out at a bad moment.
    if (error instanceof RangeError) throw depthFailure(job);
    if (error instanceof WebAssembly.RuntimeError) throw memoryFailure(job);
    if (error instanceof EngineError) throw failureOf(engine, job, program, error.thrown);
    throw error;
  }
};

/** An error of the engine itself, not reported by the prelude: the user's text does not compile, or the prelude could not work. */
class EngineError extends Error {
  readonly thrown: Thrown & { stack: string };

  constructor(thrown: Thrown & { stack: string }) {
    super(thrown.text);
    this.thrown = thrown;
  }
}

const run = (context: QuickJSContext, program: Program, request: string): string =>
  Scope.withScope((scope) => {
    const take = (result: ReturnType<QuickJSContext['evalCode']>, hole = 0): QuickJSHandle => {
      if (!result.error) return scope.manage(result.value);
      throw new EngineError({ ...readError(context, scope.manage(result.error)), hole });
    };
    const harness = take(context.evalCode(prelude, 'prelude'));
    const functions = program.functions.map(({ text }, index) => take(context.evalCode(text, fileOf(index)), index));
    const argument = scope.manage(context.newString(request));
    return context.getString(take(context.callFunction(harness, context.undefined, [argument, ...functions])));
  });

const readError = (context: QuickJSContext, error: QuickJSHandle): { name: string; text: string; stack: string } => {
  const read = (key: string): string => context.getProp(error, key).consume((value) => context.getString(value));
  return context.typeof(error) === 'object' && !context.eq(error, context.null)
    ? { name: read('name'), text: read('message'), stack: read('stack') }
    : { name: '', text: context.getString(error), stack: '' };
};

const failureOf = (engine: Engine, job: Job, program: Program, thrown: Thrown & { stack: string }): EverturnError => {
  const position = positionIn(program, thrown.stack);
  // When not even the error can be made, the engine throws null.
  if (thrown.text === 'out of memory' || (thrown.text === 'null' && engine.hasGrown())) return memoryFailure(job);
  if (thrown.text === 'stack overflow') return depthFailure(job);
  if (thrown.name === 'SyntaxError' && thrown.stack !== '' && !thrown.stack.includes('prelude')) {
    return syntaxFailure(job, thrown.text, position);
  }
  if (thrown.name === 'TypeError' && thrown.text === 'circular reference') return cycleFailure(job);
  return thrownFailure(job, program, thrown, position);
};

type Report = Thrown & { stack: string; what: string; key: string; length: number };

const reported = (
  engine: Engine,
  job: Job,
  program: Program,
  letter: string | undefined,
  report: Report,
): EverturnError => {
  switch (letter) {
    case 'u':
      return undefinedFailure(job, program, report.hole, report.what);
    case 'r':
      return notJsonFailure(job, program, report);
    case 's':
      return sizeFailure(job, report.length);
    default:
      return failureOf(engine, job, program, report);
  }
};
