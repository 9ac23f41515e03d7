// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const terminalSequence = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** What a terminal would show: without colours and cursor moves. */
export const withoutTerminalCodes = (text: string): string => text.replace(terminalSequence, '');
