import { parentPort, workerData } from 'node:worker_threads';
import { EverturnError } from '../contracts/errors.ts';
import { createEngine, type Engine } from './engine.ts';
import { evaluate } from './evaluate.ts';
import type { Job } from './evaluation.ts';
import { depthFailure, syntaxFailure } from './failure.ts';
import { SourceError } from './parse.ts';
import { positionAt } from './position.ts';
import { type Program, programOf } from './program.ts';
import type { Outcome } from './worker-thread.ts';

// The zone of the machine must not be in results: the engine asks its host, which is this thread.
Date.prototype.getTimezoneOffset = () => 0;

const wasm = (workerData as { wasm: WebAssembly.Module }).wasm;
const maxPrograms = 64;
const programs = new Map<string, Program>();
let engine: Engine | undefined;

const programFor = (job: Job): Program => {
  const key = `${job.kind} ${job.source}`;
  const known = programs.get(key);
  if (known) return known;
  if (programs.size >= maxPrograms) programs.clear();
  const program = readProgram(job);
  programs.set(key, program);
  return program;
};

const readProgram = (job: Job): Program => {
  try {
    return programOf(job.kind, job.source);
  } catch (error) {
    if (error instanceof SourceError) throw syntaxFailure(job, error.message, positionAt(job.source, error.offset));
    if (error instanceof RangeError) throw depthFailure(job);
    throw error;
  }
};

const answer = async (job: Job): Promise<Outcome> => {
  try {
    const program = programFor(job);
    if (engine?.memoryBytes !== job.memoryBytes) engine = await createEngine(wasm, job.memoryBytes);
    return { value: evaluate(engine, job, program), isSpent: isSpent() };
  } catch (error) {
    if (!(error instanceof EverturnError)) throw error;
    return { code: error.code, message: error.message, isSpent: isSpent() };
  }
};

const isSpent = (): boolean => engine !== undefined && (engine.isBroken() || engine.hasGrown());

parentPort?.on('message', async (job: Job) => parentPort?.postMessage(await answer(job)));
parentPort?.postMessage('ready');
