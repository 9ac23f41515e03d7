import type { Command } from 'commander';
import type { Schedule } from '../../contracts/runs.ts';
import { connect } from '../connect.ts';
import type { JsonOption } from '../output.ts';
import { printJson, runCommand } from '../run-command.ts';
import { type Style, styleOf } from '../screen/style.ts';
import { type Column, table } from '../screen/table.ts';

export const addSchedules = (program: Command): void => {
  const schedules = program.command('schedules').description('list, pause, resume and trigger schedules of flows');
  schedules
    .command('list', { isDefault: true })
    .description('list schedules')
    .option('--json', 'one JSON line for each schedule')
    .action((options: JsonOption) => runCommand(options, () => list(options)));
  const verbs = {
    pause: 'pause the schedule of a flow',
    resume: 'resume a paused schedule',
    trigger: 'start a run of a schedule now, under the overlap policy',
  };
  for (const [verb, description] of Object.entries(verbs)) {
    schedules
      .command(`${verb} <flow>`)
      .description(description)
      .option('--json', 'the schedule as one JSON line')
      .action((flow: string, options: JsonOption) =>
        runCommand(options, () => change(verb as keyof typeof verbs, flow, options)),
      );
  }
};

const list = async ({ json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const { schedules } = await api.listSchedules();
  if (json) for (const schedule of schedules) printJson(schedule);
  else if (schedules.length > 0) {
    const style = styleOf(process.stdout);
    process.stdout.write(`${table(columnsIn(style), schedules, style)}\n`);
  } else process.stderr.write('No flow has a schedule. Add "schedule" to its file\n');
};

const change = async (verb: 'pause' | 'resume' | 'trigger', flow: string, { json }: JsonOption): Promise<void> => {
  const { api } = await connect();
  const schedule = await { pause: api.pauseSchedule, resume: api.resumeSchedule, trigger: api.triggerSchedule }[verb](
    flow,
  );
  if (json) return printJson(schedule);
  const said = {
    pause: `Paused the schedule of ${flow}`,
    resume: `The schedule of ${flow} is active again${schedule.nextRuns[0] ? `, next at ${timeIn(schedule.nextRuns[0], schedule.timeZone)} (${schedule.timeZone})` : ''}`,
    trigger: `Triggered ${flow} (overlap: ${schedule.overlap}). Find its run: npx everturn runs --flow ${flow}`,
  };
  process.stdout.write(`${said[verb]}\n`);
};

/** In the time zone of the schedule, which the expression of the schedule is in, too. */
const timeIn = (at: string, timeZone: string): string => new Date(at).toLocaleString('sv', { timeZone });

const columnsIn = (style: Style): Column<Schedule>[] => [
  { title: 'FLOW', value: ({ flow }) => flow },
  {
    title: 'STATE',
    value: ({ paused }) => (paused ? 'paused' : 'on'),
    paint: (text, { paused }) => (paused ? style.yellow(text) : text),
  },
  { title: 'CRON', value: ({ cron }) => cron },
  { title: 'ZONE', value: ({ timeZone }) => timeZone },
  { title: 'OVERLAP', value: ({ overlap }) => overlap },
  {
    title: 'NEXT',
    value: ({ nextRuns, paused, timeZone }) => (nextRuns[0] && !paused ? timeIn(nextRuns[0], timeZone) : ''),
  },
];
