import type { EventSourceMessage } from 'eventsource-parser';
import { parseJson } from '../../contracts/parse-json.ts';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lines that are a JSON object each, or one JSON document over any number of lines: an object, or a list of them. */
export const createJsonLines = () => {
  let line = '';
  let held = '';

  const take = (): EventSourceMessage[] => {
    const data = line.trim();
    const isAlone = held.trim() === '' && data.startsWith('{') && data.endsWith('}') && isObject(parseJson(data));
    if (!isAlone) held += `${line}\n`;
    line = '';
    return isAlone ? [{ data }] : [];
  };

  return {
    feed: (text: string): EventSourceMessage[] => {
      const [first = '', ...rest] = text.split('\n');
      line += first;
      return rest.flatMap((next) => {
        const events = take();
        line = next;
        return events;
      });
    },
    end: (): EventSourceMessage[] => {
      const events = take();
      if (held.trim() === '') return events;
      const document = parseJson(held);
      if (Array.isArray(document)) return [...events, ...document.map((each) => ({ data: JSON.stringify(each) }))];
      // What cannot be read is an event, too: who reads it says so.
      return [...events, { data: held.trim() }];
    },
  };
};
