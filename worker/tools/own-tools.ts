import path from 'node:path';
import type { Logger } from 'pino';
import type { Confinement } from '../../activities/tools/confine/confinement.ts';
import { askHost } from '../../activities/tools/own/ask-host.ts';
import { createOwnTool } from '../../activities/tools/own/own-tool.ts';
import type { Tool } from '../../activities/tools/tool.ts';
import { toolNames } from '../../contracts/tool-names.ts';
import { type DescribedTool, noOffers } from '../../contracts/tool-sources.ts';
import type { Look } from '../../definitions/look.ts';
import { openToolFiles, type ToolFile } from '../../definitions/tool-files.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Store } from '../../store/store.ts';

const loadSeconds = 10;
const everyMs = 700;

/** A file with a tool, loaded or not. */
export type CheckedTool = {
  file: string;
  origin: ToolFile['origin'];
  tool: DescribedTool | null;
  fault: string | null;
};

type Process = { cwd: string; env: Record<string, string>; confinement: Confinement };

/** Loads a file in a process of its own and gives the tool in it, or what is wrong. */
export const describeFile = async (
  file: string,
  process: Process,
): Promise<{ tool: DescribedTool } | { fault: string }> => {
  const answer = await askHost({
    ...process,
    request: { action: 'describe', file },
    seconds: loadSeconds,
    signal: new AbortController().signal,
    onOutput: () => undefined,
  });
  if (answer.outcome === 'described') return { tool: { ...answer.tool, own: answer.tool.name } };
  return { fault: answer.outcome === 'failed' ? answer.fault : 'it answered what it was not asked' };
};

/** Two files of one origin with one name are an error, and neither is offered; a project's file goes before a personal one. */
export const withoutClashes = (checked: readonly CheckedTool[]): CheckedTool[] =>
  checked.map((one) => {
    const { tool, file, origin } = one;
    if (!tool) return one;
    if (toolNames.includes(tool.name))
      return { ...one, tool: null, fault: `the name ${tool.name} is that of a built-in tool; choose another` };
    const others = checked.filter((other) => other.file !== file && other.tool?.name === tool.name);
    const twin = others.find((other) => other.origin === origin);
    if (twin)
      return {
        ...one,
        tool: null,
        fault: `${path.basename(twin.file)} has the name ${tool.name} too; rename one of the two`,
      };
    const isHidden = origin === 'personal' && others.length > 0;
    return isHidden
      ? { ...one, tool: null, fault: `hidden by ${others[0]?.file} of the project, which has the same name` }
      : one;
  });

export type OwnToolsOptions = Process & {
  store: Store;
  project: string;
  home?: string;
  look: () => Look;
  log: Logger;
  changed(): void;
};

/** The tools in TypeScript of a project and of its user. A file is loaded again when it has changed. */
export const openOwnTools = ({ store, project, home, look, log, changed, ...process }: OwnToolsOptions) => {
  const find = openToolFiles({ project, look, ...(home === undefined ? {} : { home }) });
  /** By file and content. */
  const known = new Map<string, { tool: DescribedTool } | { fault: string }>();
  let tools: readonly Tool[] = [];
  let seen = '';

  const digestOf = ({ hash }: ToolFile): string => `${packageJson.version} ${hash}`;

  const check = async (found: ToolFile): Promise<CheckedTool> => {
    const { file, origin, problem } = found;
    if (problem !== null) return { file, origin, tool: null, fault: problem };
    const key = `${file} ${digestOf(found)}`;
    const described = known.get(key) ?? (await describeFile(file, process));
    known.set(key, described);
    return 'tool' in described
      ? { file, origin, tool: described.tool, fault: null }
      : { file, origin, tool: null, fault: described.fault };
  };

  const look_ = async (): Promise<void> => {
    const files = find();
    const now = JSON.stringify(files);
    if (now === seen) return;
    const checked: CheckedTool[] = [];
    for (const file of files) checked.push(await check(file));
    const usable = withoutClashes(checked);
    tools = usable.flatMap(({ tool, file }, index) =>
      tool ? [createOwnTool(tool, { file, hash: files[index]?.hash ?? '', seconds: tool.seconds ?? 60 })] : [],
    );
    seen = now;
    changed();
    for (const { file, fault } of usable) if (fault !== null) log.warn(`The tool in ${file} is not offered: ${fault}`);
    for (const [index, { file, tool, fault }] of usable.entries()) {
      const source = { kind: 'file' as const, name: file, digest: digestOf(files[index] as ToolFile) };
      if (tool) await store.toolSources.offered({ ...source, offers: { ...noOffers, tools: [tool] } });
      else
        await store.toolSources.failed({
          ...source,
          digest: `${source.digest} ${fault}`,
          fault: fault ?? '',
          none: noOffers,
        });
    }
    await store.toolSources.keep(
      'file',
      usable.map(({ file }) => file),
    );
  };

  let looking: Promise<void> | undefined;
  const once = (): Promise<void> => {
    looking ??= look_()
      // The next round tries again.
      .catch((error: unknown) => log.error({ err: error }, 'Tools in TypeScript cannot be read'))
      .finally(() => {
        looking = undefined;
      });
    return looking;
  };
  const timer = setInterval(() => void once(), everyMs);
  timer.unref();

  return {
    tools: (): readonly Tool[] => tools,
    /** Resolves when the files that are there have been loaded. */
    async ready(): Promise<void> {
      for (const row of await store.toolSources.list()) {
        const [tool] = row.offers.tools;
        if (row.kind === 'file' && row.fault === null && tool) known.set(`${row.name} ${row.digest}`, { tool });
      }
      await once();
    },
    async close(): Promise<void> {
      clearInterval(timer);
      await looking;
    },
  };
};
