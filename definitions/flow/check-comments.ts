import { quoteWords } from '../../contracts/yaml-plain-text.ts';
import { piecesOf, SourceError } from '../../sandbox/parse.ts';
import { quote } from '../nearest.ts';
import type { FaultList } from '../report.ts';
import type { YamlFile } from '../yaml-file.ts';
import type { FlowText } from './texts.ts';

/** Texts without quotes that YAML ends at " #": the rest is a comment to it, and part of the text to who wrote it. */
export const checkComments = (texts: readonly FlowText[], yaml: YamlFile, faults: FaultList): void => {
  for (const text of texts) {
    if (text.isKey) continue;
    const { path } = text;
    const comment = yaml.commentAfter(path);
    // "# and so on" may be intended as a comment if the text is complete without it.
    if (comment === null || (/^#\s/.test(comment.text) && isWhole(text))) continue;
    const key = String(path.at(-1));
    faults.add(
      path,
      comment.place,
      `YAML reads ${quote(comment.text)} as a comment, which is not part of the text: ${quoteWords(key)}`,
    );
  }
};

const isWhole = ({ kind, source }: FlowText): boolean => {
  try {
    piecesOf(kind, source);
    return true;
  } catch (error) {
    if (error instanceof SourceError) return false;
    throw error;
  }
};
