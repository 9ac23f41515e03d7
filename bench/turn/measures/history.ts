import { turnWorkflowId } from '../../../contracts/ids.ts';
import { cpuMsOf, cpuSince } from '../../cpu.ts';
import { planText } from '../../model/plan.ts';
import type { BenchOptions } from '../../parts.ts';
import type { Figure, Section } from '../../report.ts';
import type { Contestant, Talk } from '../contestant.ts';
import type { Field } from '../field.ts';
import { openOurTalk } from '../ours/talk.ts';

const tokens = 209_000;
const charactersPerToken = 4;
const fillTurns = 5;
const modelCalls = 100;
const mega = 1e6;

const fill = async (talk: Talk): Promise<void> => {
  const words = 'all work and no play '.repeat(Math.ceil((tokens * charactersPerToken) / fillTurns / 21));
  for (let turn = 0; turn < fillTurns; turn += 1) await talk.turn(planText({ calls: 0 }, words));
};

type Long = { seconds: number; cpuSeconds: Record<string, number> };

const playLongTurn = async (talk: Talk, { processes }: Contestant): Promise<Long> => {
  const before = cpuMsOf(processes);
  const { ms } = await talk.turn(planText({ calls: modelCalls - 1, file: 'five.txt' }));
  const used = cpuSince(processes, before);
  return {
    seconds: ms / 1000,
    cpuSeconds: Object.fromEntries(Object.entries(used).map(([name, of]) => [name, of / 1000])),
  };
};

const timeFigures = (title: string, { seconds, cpuSeconds }: Long): Figure[] => [
  { label: `${title}: time`, value: seconds, unit: 's' },
  { label: `${title}: CPU`, value: Object.values(cpuSeconds).reduce((sum, of) => sum + of, 0), unit: 's' },
  ...Object.entries(cpuSeconds).map(([name, value]) => ({ label: `    of it ${name}`, value, unit: 's' })),
];

const sizeFigures = async ({ client }: Field, title: string, workflowId: string): Promise<Figure[]> => {
  const { historySize = Number.NaN, historyLength } = await client.workflow.getHandle(workflowId).describe();
  return [
    { label: `history of the ${title}`, value: historySize / mega, unit: 'MB', target: 2 },
    { label: `events of the ${title}`, value: historyLength, unit: '' },
  ];
};

export const measureHistory = async (field: Field, { progress }: BenchOptions): Promise<Section[]> => {
  const ours = await openOurTalk(field.stack);
  const plain = await field.plain.open();
  progress('  filling');
  await fill(ours);
  await fill(plain);
  progress('  the long turn, ours');
  const long = await playLongTurn(ours, field.ours);
  progress('  the long turn, (a)');
  const plainLong = await playLongTurn(plain, field.plain);
  const turn = fillTurns + 1;
  const figures = [
    ...(await sizeFigures(field, 'turn', turnWorkflowId(ours.sessionId, turn))),
    ...timeFigures('ours', long),
    ...timeFigures('(a)', plainLong),
  ];
  await Promise.all([ours.close(), plain.close()]);
  return [{ title: `One turn of ${modelCalls} model calls with 5 KB tool results, after ${tokens} tokens`, figures }];
};
