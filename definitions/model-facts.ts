import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ModelEntry } from '../contracts/config/models.ts';
import type { Fault } from '../contracts/flow.ts';
import { FactsEntry, findFacts, type ModelFacts } from '../contracts/model-facts.ts';
import { homeFolder } from '../files/places.ts';
import { builtInCatalog } from './definitions.ts';
import { cachedByFile } from './file-cache.ts';
import type { DefinitionPlaces } from './folders.ts';
import { reportIssues } from './issues.ts';
import { isRecord } from './path.ts';
import { readText } from './read-text.ts';
import { FaultList } from './report.ts';
import { parseYaml } from './yaml-file.ts';

export type ModelFactsFile = { file: string; entries: FactsEntry[]; faults: Fault[] };

/** The files of facts: those of the project go before those of the home, and both before ours. */
export type FactsFiles = {
  /** Files are looked at on each call: an edit takes effect at once. */
  modelFacts(entry: Pick<ModelEntry, 'model' | 'contextTokens' | 'price' | 'images'>): ModelFacts;
  /** Those that are there. What has faults is left out of `entries`; the rest holds. */
  files(): ModelFactsFile[];
};

const maxEntries = 5000;
const fields = Object.keys(FactsEntry.shape);

/** A text in which something is wrong still gives the entries in which nothing is. */
export const parseFacts = (text: string, file: string): ModelFactsFile => {
  const yaml = parseYaml(text);
  if (yaml.faults.length > 0) {
    return { file, entries: [], faults: yaml.faults.map((fault) => ({ file, path: '', ...fault })) };
  }
  const list = new FaultList(file, yaml);
  const report = list.phase();
  const { value } = yaml;
  const known = isRecord(value) ? value : {};
  if (!isRecord(value)) report.at([], 'expected a map with the field models');
  for (const field of Object.keys(known)) if (field !== 'models') report.atKey([field], 'expected no field but models');
  const models = known.models ?? [];
  if (!Array.isArray(models)) report.at(['models'], 'expected a list');
  const items: unknown[] = Array.isArray(models) ? models : [];
  if (items.length > maxEntries) report.at(['models', maxEntries], `expected at most ${maxEntries} entries`);
  const entries = items.slice(0, maxEntries).flatMap((item, index) => {
    const parsed = FactsEntry.safeParse(item);
    if (parsed.success) return [parsed.data];
    const issues = parsed.error.issues.map((issue) => ({ ...issue, path: ['models', index, ...issue.path] }));
    reportIssues(issues, value, { at: () => fields }, report);
    return [];
  });
  return { file, entries, faults: list.sorted };
};

const read = (file: string, project: string): ModelFactsFile => {
  const text = readText(file, project);
  if ('source' in text) return parseFacts(text.source, file);
  return { file, entries: [], faults: [{ file, line: 1, column: 1, path: '', message: text.problem }] };
};

export const openModelFacts = ({
  project,
  home = homeFolder(),
  catalog = builtInCatalog,
}: Partial<DefinitionPlaces> & Pick<DefinitionPlaces, 'project'>): FactsFiles => {
  const places = [path.join(project, '.everturn'), path.join(home, '.everturn'), catalog].map((folder) =>
    path.join(folder, 'models.yaml'),
  );
  const cached = cachedByFile((file) => read(file, project));
  const files = (): ModelFactsFile[] =>
    [...new Set(places.map((file) => path.resolve(file)))].filter(existsSync).map(cached);
  return {
    files,
    modelFacts: (entry) =>
      findFacts(
        files().map(({ entries }) => entries),
        entry,
      ),
  };
};
