/** What the supervisor says while it works, to a terminal, a log or a waiting command. */
export type Report =
  | { type: 'progress'; step: string; words: string }
  | { type: 'ready'; consoleUrl: string; apiUrl: string; temporalUiUrl: string | null; model: string }
  | { type: 'died'; process: string; how: string }
  | { type: 'back'; process: string; afterMs: number };

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** For a user, without colours. */
export const wordsOf = (report: Report): string => {
  switch (report.type) {
    case 'progress':
      return `${report.step.padEnd(10)} ${report.words}`;
    case 'died':
      return `${report.process.padEnd(10)} ended (${report.how}), starting it again`;
    case 'back':
      return `${report.process.padEnd(10)} is back after ${seconds(report.afterMs)}`;
    case 'ready':
      return [
        '',
        `Console      ${report.consoleUrl}`,
        ...(report.temporalUiUrl === null ? [] : [`Temporal UI  ${report.temporalUiUrl}`]),
        `Model        ${report.model}`,
        '',
        'Next, in another terminal:  npx everturn send --new "Which files are here?"',
      ].join('\n');
  }
};
