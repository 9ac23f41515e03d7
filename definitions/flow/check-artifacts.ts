import { ArtifactName } from '../../contracts/flow.ts';
import { parseTemplate, SourceError } from '../../sandbox/parse.ts';
import { quote } from '../nearest.ts';
import type { Outline } from '../outline.ts';
import { isRecord } from '../path.ts';
import type { Report } from '../report.ts';

const reportName = 'report.md';

/** Names of artifacts, as far as they are known before a run: texts, and the fixed parts of templates. */
export const checkArtifacts = ({ fields }: Outline, report: Report): void => {
  if (!isRecord(fields.artifacts)) return;
  for (const name of Object.keys(fields.artifacts)) {
    const path = ['artifacts', name];
    const parts = partsOf(name);
    if (parts === null) continue;
    // A hole may give any of the characters that fit.
    const sample = parts.map((part) => ('text' in part ? part.text : 'x')).join('');
    const fault = ArtifactName.safeParse(sample).error?.issues[0]?.message;
    if (fault) report.atKey(path, `expected ${fault}, found ${quote(name)}`);
    else if (name === reportName && fields.report !== undefined)
      report.atKey(path, `${quote(reportName)} is the name of the report: choose another`);
  }
};

/** Null for what does not parse, which the check of texts reports. */
const partsOf = (name: string): ReturnType<typeof parseTemplate> | null => {
  try {
    return parseTemplate(name);
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
};
