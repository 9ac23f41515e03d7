import { type Adaptation, refusedImages } from './adapt.ts';

/** What one server refuses whatever its model is; all else is remembered for the model. */
const ofServer: readonly Adaptation[] = ['stream_options', 'no stream', 'short ids'];

/** What only this request needed. */
const isOnce = (adaptation: Adaptation): boolean => adaptation === refusedImages || adaptation.startsWith('room:');

type Asked = { baseUrl: string; key: string | null; model: string };

const remembered = new Map<string, Set<Adaptation>>();

const keyOf = ({ baseUrl, key }: Asked): string => `${key ?? ''} ${baseUrl}`;
const modelOf = (asked: Asked): string => `${keyOf(asked)} ${asked.model}`;

/**
 * What providers have refused, kept in this process: it costs one refused request for each worker and key. It is not
 * written down, so a provider that learns to take something is asked for it again after a restart.
 */
export const createLearned = (asked: Asked) => ({
  all: (): Adaptation[] => [...(remembered.get(keyOf(asked)) ?? []), ...(remembered.get(modelOf(asked)) ?? [])],
  /** To be called once a request with these changes was accepted. */
  remember: (adaptations: readonly Adaptation[]): void => {
    for (const adaptation of adaptations.filter((each) => !isOnce(each))) {
      const place = ofServer.includes(adaptation) ? keyOf(asked) : modelOf(asked);
      remembered.set(place, (remembered.get(place) ?? new Set()).add(adaptation));
    }
  },
});
