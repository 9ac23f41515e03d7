import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { foldersOf } from '../../../cli/supervisor/folders.ts';
import { shutDown } from '../../../cli/supervisor/shut-down.ts';
import { readState } from '../../../cli/supervisor/state.ts';
import { up } from '../../ours/up.ts';
import { memoryOf, treeOf } from '../../processes.ts';
import type { Figure, Section } from '../../report.ts';
import type { Field } from '../field.ts';

const mega = 1024 * 1024;
const ports = ['API', 'POSTGRES', 'TEMPORAL', 'TEMPORAL_UI'].map((name) => `EVERTURN_${name}_PORT`);
/** After the start there is garbage to collect and there are connections to close. */
const settleMs = 15_000;

const memoryOfTree = (pid: number): { rss: number; pss: number; count: number } => {
  const members = treeOf(pid).map(memoryOf);
  const sum = (of: 'rss' | 'pss'): number => members.reduce((all, member) => all + member[of], 0);
  return { rss: sum('rss'), pss: sum('pss'), count: members.length };
};

/** `everturn up` in an empty folder, with everything that it starts by itself. */
export const measureMemory = async ({ servers, closing }: Field): Promise<Section[]> => {
  const project = path.join(servers.folder, 'idle');
  await mkdir(project);
  closing.add(() => shutDown(project));
  const { DATABASE_URL: _, TEMPORAL_ADDRESS: __, ...inherited } = process.env;
  const { supervisorPid } = await up(project, inherited, ports);
  await delay(settleMs);
  const { processes } = readState(foldersOf(project).state);
  // What the supervisor starts is its child, or has left it: it is counted by itself either way.
  const supervisor = { name: 'supervisor', memory: { ...memoryOf(supervisorPid), count: 1 } };
  const served = processes.map(({ name, pid }) => ({ name, memory: memoryOfTree(pid) }));
  const known = new Set([supervisorPid, ...processes.flatMap(({ pid }) => treeOf(pid))]);
  const spares = treeOf(supervisorPid)
    .filter((pid) => !known.has(pid))
    .map((pid) => ({ name: 'spare worker', memory: { ...memoryOf(pid), count: 1 } }));
  const all = [supervisor, ...served, ...spares];
  await shutDown(project);
  const figures = all.map(({ name, memory: { pss, rss, count } }): Figure => {
    const processesOf = count > 1 ? `, ${count} processes` : '';
    return { label: `${name} (${Math.round(rss / mega)} MB resident${processesOf})`, value: pss / mega, unit: 'MB' };
  });
  const total = all.reduce((sum, { memory }) => sum + memory.pss, 0) / mega;
  return [
    {
      title: 'Memory of an idle stack, shared pages divided among those that share them (PSS)',
      figures: [...figures, { label: 'all', value: total, unit: 'MB' }],
    },
  ];
};
